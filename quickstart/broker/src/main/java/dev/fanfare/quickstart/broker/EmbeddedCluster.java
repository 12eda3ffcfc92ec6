package dev.fanfare.quickstart.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// Several Kafka nodes in this JVM that are one cluster, each broker and controller in one, on the loopback interface.
/// Each can be stopped and started again, on its port and with what it had. Topics have a replica on every node, and
/// writing needs all of these but one.
///
/// Threads: any one starts and stops.
public final class EmbeddedCluster implements AutoCloseable {
    private final Path dir;
    private final String id = Uuid.randomUuid().toString();
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, Integer> controllers = new TreeMap<>();
    private final Map<Integer, EmbeddedKafka> running = new HashMap<>();

    private EmbeddedCluster(Path dir) {
        this.dir = dir;
    }

    /// Starts all nodes, and returns once clients are served.
    ///
    /// @param dir holds everything
    /// @param nodes how many, three at least: a majority has to be there
    /// @throws UncheckedIOException when the folder cannot be written
    public static EmbeddedCluster start(Path dir, int nodes) {
        QuietLogging.install();
        var cluster = new EmbeddedCluster(dir);
        var sockets = new ArrayList<ServerSocketChannel>();
        try {
            for (int node = 1; node <= nodes; node++) {
                cluster.ports.put(
                        node,
                        EmbeddedKafka.bound(BrokerSettings.LOOPBACK, 0, sockets).getPort());
                cluster.controllers.put(
                        node,
                        EmbeddedKafka.bound(BrokerSettings.LOOPBACK, 0, sockets).getPort());
            }
            var starting = new ArrayList<CompletableFuture<EmbeddedKafka>>();
            for (int node = 1; node <= nodes; node++) { // side by side: each waits for the others
                var settings = cluster.settings(node);
                starting.add(CompletableFuture.supplyAsync(
                        () -> launch(settings, sockets),
                        one -> Thread.ofPlatform().start(one)));
            }
            for (int node = 1; node <= nodes; node++) {
                cluster.running.put(node, starting.get(node - 1).join());
            }
            return cluster;
        } catch (IOException failure) {
            sockets.forEach(EmbeddedKafka::closeQuietly);
            throw new UncheckedIOException(failure);
        }
    }

    private BrokerSettings settings(int node) {
        var most = Integer.toString(ports.size());
        var allButOne = Integer.toString(ports.size() - 1);
        return new BrokerSettings(
                dir.resolve("node-" + node),
                BrokerSettings.LOOPBACK,
                ports.getOrDefault(node, 0),
                node,
                controllers,
                id,
                Map.of(
                        "default.replication.factor", most,
                        "min.insync.replicas", allButOne,
                        "offsets.topic.replication.factor", most,
                        "transaction.state.log.replication.factor", most,
                        "transaction.state.log.min.isr", allButOne,
                        "replica.lag.time.max.ms", "3000",
                        "controlled.shutdown.enable", "true"));
    }

    private static EmbeddedKafka launch(BrokerSettings settings, List<ServerSocketChannel> sockets) {
        try {
            Files.createDirectories(settings.dir());
            return EmbeddedKafka.start(settings, sockets);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Stops one node in order: others lead its partitions from then on.
    public void stop(int node) {
        var one = running.remove(node);
        if (one != null) {
            one.close();
        }
    }

    /// Starts a node again that was stopped.
    public void startAgain(int node) {
        var sockets = new ArrayList<ServerSocketChannel>();
        try {
            EmbeddedKafka.bound(BrokerSettings.LOOPBACK, ports.getOrDefault(node, 0), sockets);
            EmbeddedKafka.bound(BrokerSettings.LOOPBACK, controllers.getOrDefault(node, 0), sockets);
            running.put(node, launch(settings(node), sockets));
        } catch (IOException failure) {
            sockets.forEach(EmbeddedKafka::closeQuietly);
            throw new UncheckedIOException(failure);
        }
    }

    /// What clients take as `bootstrap.servers`: all nodes.
    public String bootstrapServers() {
        return ports.values().stream()
                .map(port -> BrokerSettings.LOOPBACK + ":" + port)
                .collect(Collectors.joining(","));
    }

    /// Stops all that run, side by side.
    @Override
    public void close() {
        var stopping = running.values().stream()
                .map(one -> Thread.ofPlatform().start(one::close))
                .toList();
        running.clear();
        try {
            for (var thread : stopping) {
                thread.join();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
