package dev.fanfare.load.cli;

import dev.fanfare.load.client.Target;
import dev.fanfare.load.client.Transport;
import dev.fanfare.load.publish.RawProcess;
import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.Plan;
import dev.fanfare.load.run.Run;
import dev.fanfare.load.watch.Probe;
import dev.fanfare.load.watch.Watched;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The same without a gateway: the limit of the machine.
@Command(
        name = "raw",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description =
                "As fanout, but a bare loop in another process writes the same bytes to the same number of sockets.")
final class Raw implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final CrowdOptions crowd = new CrowdOptions();

    @Mixin
    private final TransportOptions transports = new TransportOptions();

    @Mixin
    private final EventOptions events = new EventOptions();

    @Option(
            names = "--events-a-write",
            defaultValue = "32",
            description = "how many events go out with one write, at most (${DEFAULT-VALUE})")
    private int eventsAWrite;

    @Mixin
    private final ReportOptions report = new ReportOptions();

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        Check.atLeast("--events-a-write", eventsAWrite, 1);
        var who = crowd.crowd(transports.mix(), true, 0, "");
        if (transports.mix().containsKey(Transport.POLL) && who.channelsPerSession() > 1) {
            throw new Misuse("--channels-per-session %d: a raw long-poll is of one channel, so use 1 with poll"
                    .formatted(who.channelsPerSession()));
        }
        var _ = events.payload(); // refused here rather than there
        var command = RawServerCommand.command(who.channels(), eventsAWrite, events);
        try (var server = new RawProcess(command, who.channels())) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            var root = "http://%s:%d/".formatted(address.getAddress().getHostAddress(), server.port());
            var target = new Target(
                    Stream.of(Transport.values())
                            .collect(Collectors.toMap(one -> one, one -> URI.create(root + one.label()))),
                    List.of(),
                    "load.{n}",
                    "channel",
                    "cursor",
                    "cursor",
                    "wait=0",
                    Optional.of("ready"),
                    events.fields(),
                    Optional.empty());
            var plan = new Plan(
                    "raw",
                    settings(who.channels()),
                    target,
                    who,
                    events.rate(),
                    events.warmUp(),
                    events.duration(),
                    events.drain(),
                    events.connectTimeout(),
                    Disturbance.NONE,
                    Watched.of(Probe.process(server.pid())));
            var outcome = new Run(plan, server, report.listener(line.getErr())).run(address);
            return report.print(outcome, line.getOut());
        }
    }

    private Map<String, Object> settings(int channels) {
        var settings = new LinkedHashMap<String, Object>();
        report.profile().ifPresent(profile -> settings.put("profile", profile.toString()));
        settings.put("channels", channels);
        settings.put("rate", events.rate());
        settings.put("bytes", events.bytes());
        settings.put("events-a-write", eventsAWrite);
        return settings;
    }
}
