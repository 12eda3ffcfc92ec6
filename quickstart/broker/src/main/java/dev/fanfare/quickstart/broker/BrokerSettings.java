package dev.fanfare.quickstart.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.metadata.storage.Formatter;

/// The settings of a small broker: one replica of everything, few threads, small buffers, no waiting.
///
/// @param dir the node's folder
/// @param host an address of this machine, for clients
/// @param port for clients
/// @param node its id, 1 for one that is alone
/// @param controllers the port of each node's controller, by its id. That of one which is alone may change from start
///     to start
/// @param newCluster the id of the cluster, should the folder be new
/// @param overrides replace what is set here
record BrokerSettings(
        Path dir,
        String host,
        int port,
        int node,
        Map<Integer, Integer> controllers,
        String newCluster,
        Map<String, String> overrides) {
    static final String LOOPBACK = "127.0.0.1";

    Map<String, String> properties() {
        var all = new HashMap<String, String>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(node));
        all.put(
                "controller.quorum.voters",
                controllers.entrySet().stream()
                        .map(one -> one.getKey() + "@" + LOOPBACK + ":" + one.getValue())
                        .collect(Collectors.joining(",")));
        all.put(
                "listeners",
                "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + LOOPBACK + ":" + controllers.get(node));
        all.put("advertised.listeners", "PLAINTEXT://" + host + ":" + port);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("log.dirs", data().toString());

        all.put("auto.create.topics.enable", "false");
        all.put("default.replication.factor", "1");
        all.put("min.insync.replicas", "1");
        all.put("offsets.topic.replication.factor", "1");
        all.put("offsets.topic.num.partitions", "1");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("transaction.state.log.num.partitions", "1");
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("share.coordinator.state.topic.num.partitions", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        // after a kill -9 the controller refuses the broker's new registration until the old session has timed out
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        // and after a kill -9 of a group's member its partitions are nobody's until then: 45 s by default
        all.put("group.consumer.min.session.timeout.ms", "6000");
        all.put("group.consumer.session.timeout.ms", "6000");
        all.put("group.consumer.min.heartbeat.interval.ms", "1000");
        all.put("group.consumer.heartbeat.interval.ms", "1000");

        all.put("num.network.threads", "1");
        all.put("num.io.threads", "2");
        all.put("background.threads", "2");
        all.put("num.replica.fetchers", "1");
        all.put("num.recovery.threads.per.data.dir", "1");
        all.put("log.cleaner.threads", "1");
        all.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        all.put("log.cleaner.io.buffer.size", Integer.toString(128 << 10));
        all.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        all.put("offsets.topic.segment.bytes", Integer.toString(4 << 20));
        all.put("transaction.state.log.segment.bytes", Integer.toString(4 << 20));
        all.putAll(overrides);
        return all;
    }

    /// Makes a new folder a Kafka node's; leaves one that is already.
    void format() throws IOException {
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                .setNodeId(node)
                .setClusterId(clusterId())
                .addDirectory(data().toString())
                .setMetadataLogDirectory(data().toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true);
        try {
            formatter.run();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("Kafka cannot format " + data() + ": " + failure.getMessage(), failure);
        }
    }

    Map<Integer, InetSocketAddress> voters() {
        return controllers.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        one -> new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), one.getValue())));
    }

    private Path data() {
        return dir.toAbsolutePath().resolve("data");
    }

    private String clusterId() throws IOException {
        var file = data().resolve("meta.properties");
        if (!Files.exists(file)) {
            return newCluster;
        }
        var known = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            known.load(in);
        }
        return known.getProperty("cluster.id", "");
    }
}
