package dev.fanfare.load.cli;

import dev.fanfare.load.plan.Costs;
import dev.fanfare.load.plan.Demand;
import dev.fanfare.load.plan.Machine;
import dev.fanfare.load.plan.Sizing;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Nodes and brokers for a load.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Works out how many gateways and brokers a load takes, from what was measured: docs/scaling.md.")
final class PlanCommand implements Callable<Integer> {
    // docs/scaling.md says where they are from
    private static final Map<String, Costs> STANDARD = Map.of(
            "sse", new Costs(32, 8.3, 0.04, 8.3, 250, 7.2, 150),
            "ws", new Costs(32, 9.2, 0.12, 18.4, 250, 7.1, 150),
            "poll", new Costs(32, 12.2, 0.1, 12.2, 250, 7.2, 450));
    private static final double TLS_KIB = 35.6;
    private static final List<String> COSTS = List.of("record", "write", "event", "heartbeat", "connect", "client");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--clients", defaultValue = "1000000", description = "at the same time (${DEFAULT-VALUE})")
    private long clients;

    @Option(names = "--events", defaultValue = "1000", description = "records a second in Kafka (${DEFAULT-VALUE})")
    private double events;

    @Option(
            names = "--per-client",
            defaultValue = "0.1",
            description = "events a second to a client (${DEFAULT-VALUE})")
    private double perClient;

    @Option(names = "--bytes", defaultValue = "200", description = "of an event's data (${DEFAULT-VALUE})")
    private int bytes;

    @Option(names = "--transport", defaultValue = "sse", description = "sse, ws or poll (${DEFAULT-VALUE})")
    private String transport = "";

    @Option(names = "--tls", description = "the gateways speak TLS themselves")
    private boolean tls;

    @Option(names = "--per-write", defaultValue = "1", description = "events in one write (${DEFAULT-VALUE})")
    private double perWrite;

    @Option(
            names = "--read-share",
            defaultValue = "1",
            description = "of the records that a node reads (${DEFAULT-VALUE})")
    private double readShare;

    @Option(names = "--heartbeat", defaultValue = "25", description = "seconds between two (${DEFAULT-VALUE})")
    private double heartbeat;

    @Option(names = "--cpus", defaultValue = "4", description = "of a node (${DEFAULT-VALUE})")
    private double cpus;

    @Option(names = "--memory", defaultValue = "4096", description = "of a node, in MiB (${DEFAULT-VALUE})")
    private double memory;

    @Option(names = "--gigabits", defaultValue = "10", description = "a second, of a node (${DEFAULT-VALUE})")
    private double gigabits;

    @Option(names = "--connections", defaultValue = "100000", description = "of a node (${DEFAULT-VALUE})")
    private long connections;

    @Option(names = "--fullness", defaultValue = "0.6", description = "of a node, in the usual case (${DEFAULT-VALUE})")
    private double fullness;

    @Option(names = "--replicas", defaultValue = "3", description = "of a partition (${DEFAULT-VALUE})")
    private int replicas;

    @Option(names = "--broker", defaultValue = "300", description = "MB/s that a broker sends (${DEFAULT-VALUE})")
    private double broker;

    @Option(names = "--nodes", description = "says what each of so many nodes has to do")
    private @Nullable Long nodes;

    @Option(
            names = "--cost",
            split = ",",
            paramLabel = "NAME=N",
            description = "measured elsewhere: record, write, event, heartbeat, connect (microseconds), client (KiB)")
    private Map<String, Double> measured = new LinkedHashMap<>();

    @Override
    public Integer call() {
        check();
        var sizing = new Sizing(
                costs(),
                new Demand(clients, events, readShare, perClient, bytes, perWrite, heartbeat),
                new Machine(cpus, memory, gigabits, connections, fullness));
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        if (nodes != null) {
            tell(out, sizing, nodes);
            return 0;
        }
        var by = sizing.nodes();
        by.forEach((limit, count) -> out.printf(
                Locale.ROOT,
                "%-12s %s%n",
                limit,
                count == Long.MAX_VALUE ? "too much" : count + (count == 1 ? " node" : " nodes")));
        var first = by.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        if (first.getValue() == Long.MAX_VALUE) {
            out.printf("no number of such nodes is enough: %s%n", first.getKey());
            return 1;
        }
        long wanted = first.getValue() + 1; // one may be away
        out.printf("%d nodes, of which one may be away; %s decides%n", wanted, first.getKey());
        tell(out, sizing, wanted);
        return 0;
    }

    private void tell(PrintWriter out, Sizing sizing, long count) {
        out.printf(
                Locale.ROOT,
                "each node: %.3f CPUs (%.3f of these for reading), %.0f MiB for clients, %.2f MB/s out, %.2f MB/s in%n",
                sizing.cpusPerNode(count),
                sizing.readingCpus(),
                sizing.memoryPerNodeMib(count),
                sizing.bytesOut() / count / 1e6,
                sizing.bytesIn() / 1e6);
        if (count > 1) {
            out.printf(
                    Locale.ROOT, "the clients of a node are back after %.1f s at least%n", sizing.returnSeconds(count));
        }
        out.printf("%d brokers%n", sizing.brokers(count, replicas, broker));
    }

    private Costs costs() {
        var standard = STANDARD.get(transport);
        if (standard == null) {
            throw new Misuse("--transport '%s' is none: use sse, ws or poll".formatted(transport));
        }
        for (var name : measured.keySet()) {
            if (!COSTS.contains(name)) {
                throw new Misuse("--cost %s is none: use %s".formatted(name, String.join(", ", COSTS)));
            }
        }
        return new Costs(
                measured.getOrDefault("record", standard.record()),
                measured.getOrDefault("write", standard.write()),
                measured.getOrDefault("event", standard.event()),
                measured.getOrDefault("heartbeat", standard.heartbeat()),
                measured.getOrDefault("connect", standard.connect()),
                measured.getOrDefault("client", tls ? TLS_KIB : standard.clientKib()),
                standard.frameBytes());
    }

    private void check() {
        positive("--clients", clients);
        positive("--per-write", perWrite);
        positive("--heartbeat", heartbeat);
        positive("--cpus", cpus);
        positive("--fullness", fullness);
        positive("--broker", broker);
        positive("--nodes", nodes == null ? 1L : nodes);
        if (readShare < 0 || readShare > 1) {
            throw new Misuse("--read-share %s is no share: use one from 0 to 1".formatted(readShare));
        }
    }

    private static void positive(String option, long value) {
        if (value <= 0) {
            throw new Misuse("%s %d is too little: use more than 0".formatted(option, value));
        }
    }

    private static void positive(String option, double value) {
        if (!(value > 0)) {
            throw new Misuse("%s %s is too little: use more than 0".formatted(option, value));
        }
    }
}
