package dev.fanfare.load.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/// How many nodes and brokers a demand takes, and what each node has to do then.
///
/// A node reads each record of what it serves, so that part of its work does not shrink with more nodes; all else is
/// divided among them.
public final class Sizing {
    private static final double MICROS = 1e-6;
    private static final int RECORD_BYTES = 80; // key, headers, and the record's own
    private static final int BROKERS_MIN = 3;

    private final Costs costs;
    private final Demand demand;
    private final Machine machine;

    public Sizing(Costs costs, Demand demand, Machine machine) {
        this.costs = costs;
        this.demand = demand;
        this.machine = machine;
    }

    /// Processors that a node uses for reading.
    public double readingCpus() {
        return demand.recordsPerNode() * costs.record() * MICROS;
    }

    /// Processors that all clients together take.
    public double clientsCpus() {
        double deliveries = demand.deliveries() * (costs.write() / demand.perWrite() + costs.event());
        double heartbeats = demand.clients() / demand.heartbeatSeconds() * costs.heartbeat();
        return (deliveries + heartbeats) * MICROS;
    }

    /// Processors that each of so many nodes uses.
    public double cpusPerNode(long nodes) {
        return readingCpus() + clientsCpus() / nodes;
    }

    public double memoryPerNodeMib(long nodes) {
        return (double) demand.clients() / nodes * costs.clientKib() / 1024;
    }

    /// What all clients get in a second.
    public double bytesOut() {
        return demand.deliveries() * (demand.bytes() + costs.frameBytes() / demand.perWrite());
    }

    /// What one node reads in a second.
    public double bytesIn() {
        return demand.recordsPerNode() * (demand.bytes() + RECORD_BYTES);
    }

    /// Nodes by what each limit asks for; [Long#MAX_VALUE] where no number of them is enough.
    public Map<String, Long> nodes() {
        var by = new LinkedHashMap<String, Long>();
        by.put("reading", readingCpus() <= machine.fullness() ? 1L : Long.MAX_VALUE); // by one thread
        by.put("cpu", count(clientsCpus(), machine.cpus() * machine.fullness() - readingCpus()));
        by.put("memory", count(demand.clients() * costs.clientKib() / 1024, machine.memoryForClientsMib()));
        by.put("connections", count((double) demand.clients(), (double) machine.connectionsMax()));
        by.put("network out", count(bytesOut(), machine.bytesPerSecond()));
        by.put("network in", bytesIn() <= machine.bytesPerSecond() ? 1L : Long.MAX_VALUE);
        return by;
    }

    private static long count(double all, double each) {
        return each <= 0 ? Long.MAX_VALUE : Math.max(1, (long) Math.ceil(all / each));
    }

    /// Brokers, by what the nodes and the replicas read of them.
    ///
    /// @param replicas of each partition
    /// @param megabytes a second that one broker sends
    public long brokers(long nodes, int replicas, double megabytes) {
        double written = demand.events() * (demand.bytes() + RECORD_BYTES);
        double sent = nodes * bytesIn() + (replicas - 1) * written;
        return Math.max(BROKERS_MIN, count(sent, megabytes * 1e6));
    }

    /// In how many seconds all clients of one node are back on the others, by the processors that are free there.
    public double returnSeconds(long nodes) {
        double free = (nodes - 1) * (machine.cpus() - cpusPerNode(nodes));
        return (double) demand.clients() / nodes * costs.connect() * MICROS / free;
    }
}
