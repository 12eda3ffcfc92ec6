package dev.fanfare.quickstart.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;

/// One real Kafka node in this JVM: broker and controller in one (KRaft combined mode), on the loopback interface
/// unless another address is asked for.
///
/// All it knows lies in one folder: closed and started again on the same folder (and port), it is the same cluster
/// with
/// the same topics, records and committed offsets. Both sockets are bound before Kafka starts, so that a free port
/// cannot be taken by somebody else in between. Topics are not created by use.
///
/// Threads: start and close from any one thread; a fatal fault inside the broker is logged, it never ends this JVM.
public final class EmbeddedKafka implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int BACKLOG = 128;

    private final BrokerServer broker;
    private final ControllerServer controller;
    private final String host;
    private final int port;
    private boolean closed;

    private EmbeddedKafka(BrokerServer broker, ControllerServer controller, String host, int port) {
        this.broker = broker;
        this.controller = controller;
        this.host = host;
        this.port = port;
    }

    /// Starts on a free port.
    public static EmbeddedKafka start(Path dir) {
        return start(dir, 0, Map.of());
    }

    /// Starts on the loopback interface, as [#start(Path,String,int,Map)] does.
    public static EmbeddedKafka start(Path dir, int port, Map<String, String> overrides) {
        return start(dir, BrokerSettings.LOOPBACK, port, overrides);
    }

    /// Starts, and returns once clients are served.
    ///
    /// @param dir holds everything; created and formatted when it is new
    /// @param host address of this machine that clients connect to, as they will be told
    /// @param port TCP port for clients, 0 for any free one
    /// @param overrides broker settings that replace the ones made for a small and quick broker
    /// @throws UncheckedIOException when the port is taken or the folder cannot be written
    public static EmbeddedKafka start(Path dir, String host, int port, Map<String, String> overrides) {
        QuietLogging.install();
        var sockets = new ArrayList<ServerSocketChannel>();
        try {
            Files.createDirectories(dir);
            var clients = bound(host, port, sockets);
            var quorum = bound(BrokerSettings.LOOPBACK, 0, sockets);
            return start(
                    new BrokerSettings(
                            dir,
                            host,
                            clients.getPort(),
                            1,
                            Map.of(1, quorum.getPort()),
                            Uuid.randomUuid().toString(),
                            overrides),
                    sockets);
        } catch (IOException failure) {
            sockets.forEach(EmbeddedKafka::closeQuietly);
            throw new UncheckedIOException(failure.getMessage(), failure);
        } catch (RuntimeException failure) {
            sockets.forEach(EmbeddedKafka::closeQuietly);
            throw failure;
        }
    }

    /// Starts one with these settings, on sockets that are bound already.
    static EmbeddedKafka start(BrokerSettings settings, List<ServerSocketChannel> sockets) throws IOException {
        settings.format();
        return start(settings, handingOver(sockets));
    }

    private static EmbeddedKafka start(BrokerSettings settings, ServerSocketFactory sockets) {
        var config = new KafkaConfig(settings.properties());
        var logger = LoggerFactory.getLogger(KafkaRaftServer.class);
        var folders = KafkaRaftServer.initializeLogDirs(config, logger, "");
        var clusterId = folders._1().clusterId().orElseThrow();
        var shared = new SharedServer(
                config,
                folders._1(),
                Time.SYSTEM,
                Server.initializeMetrics(config, Time.SYSTEM, clusterId),
                CompletableFuture.completedFuture(settings.voters()),
                List.of(),
                new LoggedFaults(),
                sockets);
        var kafka = new EmbeddedKafka(
                new BrokerServer(shared),
                new ControllerServer(shared, KafkaRaftServer.configSchema(), folders._2()),
                settings.host(),
                settings.port());
        try {
            kafka.controller.startup();
            kafka.broker.startup();
            return kafka;
        } catch (RuntimeException failure) {
            kafka.close();
            throw failure;
        }
    }

    /// What clients take as `bootstrap.servers`.
    public String bootstrapServers() {
        return host + ":" + port;
    }

    public int port() {
        return port;
    }

    /// Stops in order and waits for it: all that was acknowledged is on disk, and the port is free again.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        broker.shutdown(STOP);
        controller.shutdown();
        broker.awaitShutdown();
        controller.awaitShutdown();
    }

    static InetSocketAddress bound(String host, int port, List<ServerSocketChannel> sockets) throws IOException {
        var socket = ServerSocketChannel.open();
        sockets.add(socket);
        socket.configureBlocking(false);
        try {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port), BACKLOG);
        } catch (IOException taken) {
            throw new IOException("Kafka cannot listen on " + host + ":" + port + ": " + taken.getMessage(), taken);
        }
        return (InetSocketAddress) socket.getLocalAddress();
    }

    private static ServerSocketFactory handingOver(List<ServerSocketChannel> sockets) {
        return (listener, address, backlog, receiveBuffer) -> {
            for (var socket : sockets) {
                if (((InetSocketAddress) socket.getLocalAddress()).getPort() == address.getPort()) {
                    return socket;
                }
            }
            throw new IOException("no socket was bound for " + listener + " at " + address);
        };
    }

    static void closeQuietly(ServerSocketChannel socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // the failure that led here is the one to tell
        }
    }
}
