package dev.fanfare.gateway.listener;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Accepts connections and has each served by one of Helidon's. In place of Helidon's own listener, which keeps a
/// thread and 8 KiB for each connection as long as that lasts, and gives up for good when there is no descriptor left.
///
/// Threads: one that accepts; [#close] by anybody.
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final Duration GRACE = Duration.ofMillis(500); // for requests that are being answered
    private static final Duration PAUSE = Duration.ofMillis(100); // while there are no descriptors

    private final WebServerConfig config;
    private final @Nullable Tls tls;
    private final Function<ConnectionContext, ServerConnection> door;
    private final Doorkeeper doorkeeper;
    private final Router router;
    private final ExecutorService executor =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());
    private final Surroundings surroundings;
    private final Limit limit = FixedLimit.create();
    private final Semaphore places;
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final Readiness readiness = new Readiness();
    private final ServerSocketChannel socket;
    private final Thread thread = Thread.ofPlatform().name("listener").unstarted(this::accept);
    private volatile boolean closing;

    /// Listens, and serves whoever connects.
    ///
    /// @param config Helidon's: address, backlog, number and options of connections, features, and what concerns
    ///     requests
    /// @param tls none: whoever connects speaks without
    /// @param door makes what serves a connection
    /// @param doorkeeper whether a connection is taken at all
    /// @throws UncheckedIOException if the address cannot be listened on
    public static Listener open(
            WebServerConfig config,
            Optional<Tls> tls,
            HttpRouting.Builder routing,
            Function<ConnectionContext, ServerConnection> door,
            Doorkeeper doorkeeper) {
        var features = new Features(config, routing);
        config.features().forEach(feature -> feature.setup(features));
        var router = Router.builder().addRouting(routing).build();
        router.beforeStart();
        var listener = new Listener(listen(config), config, tls, router, door, doorkeeper);
        listener.thread.start();
        return listener;
    }

    private static ServerSocketChannel listen(WebServerConfig config) {
        try {
            var socket = ServerSocketChannel.open();
            try {
                config.configureSocket(socket);
                socket.bind(config.bindAddress().orElseThrow(), config.backlog());
                return socket;
            } catch (IOException refused) {
                socket.close();
                throw refused;
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private Listener(
            ServerSocketChannel socket,
            WebServerConfig config,
            Optional<Tls> tls,
            Router router,
            Function<ConnectionContext, ServerConnection> door,
            Doorkeeper doorkeeper) {
        this.socket = socket;
        this.doorkeeper = doorkeeper;
        this.config = config;
        this.tls = tls.orElse(null);
        this.router = router;
        this.door = door;
        this.surroundings = Surroundings.of(config, executor);
        this.places = new Semaphore(config.maxTcpConnections());
        this.limit.init("listener");
    }

    /// The port that is listened on.
    public int port() {
        return socket.socket().getLocalPort();
    }

    private void accept() {
        while (!closing) {
            try {
                places.acquire();
                var channel = next();
                if (channel == null) {
                    places.release();
                } else {
                    welcome(channel);
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    /// Null if none could be had.
    private @Nullable SocketChannel next() throws InterruptedException {
        try {
            return socket.accept();
        } catch (ClosedChannelException stopped) {
            return null;
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "connections wait: " + failure.getMessage());
            Thread.sleep(PAUSE);
            return null;
        }
    }

    private void welcome(SocketChannel channel) {
        try {
            var from = origin(channel);
            if (doorkeeper.enters(from)) {
                letIn(channel, from);
            } else {
                dismiss(channel);
            }
        } catch (IOException | RuntimeException | Error leftAlready) {
            LOG.log(System.Logger.Level.DEBUG, "a connection was lost before it was let in", leftAlready);
            dismiss(channel);
        }
    }

    private void letIn(SocketChannel channel, InetAddress from) {
        Line line;
        try {
            config.connectionOptions().configureSocket(channel);
            channel.configureBlocking(false);
            line = new Line(channel, tls, readiness, gone -> closed(gone, from));
        } catch (IOException | RuntimeException | Error leftAlready) {
            LOG.log(System.Logger.Level.DEBUG, "a connection was lost before it was served", leftAlready);
            doorkeeper.leaves(from);
            dismiss(channel);
            return;
        }
        lines.add(line);
        if (closing) {
            line.close();
        } else {
            line.serve(() -> serve(line));
        }
    }

    private static InetAddress origin(SocketChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    }

    private void dismiss(SocketChannel channel) {
        places.release();
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection", failure);
        }
    }

    private void closed(Line line, InetAddress from) {
        lines.remove(line);
        doorkeeper.leaves(from);
        places.release();
    }

    private void serve(Line line) {
        try {
            var connection = door.apply(new Visit(line, surroundings, router));
            line.servedBy(connection);
            connection.handle(limit);
        } catch (CloseConnectionException ended) {
            LOG.log(System.Logger.Level.TRACE, "a connection has ended", ended);
        } catch (UncheckedIOException broken) {
            LOG.log(System.Logger.Level.DEBUG, "a connection broke", broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes no more connections, lets requests that are being answered have half a second, and closes all.
    @Override
    public void close() {
        closing = true;
        try {
            socket.close();
            thread.interrupt();
            thread.join();
            lines.forEach(line -> line.stop(false));
            long deadline = System.nanoTime() + GRACE.toNanos();
            while (!lines.isEmpty() && System.nanoTime() - deadline < 0) {
                Thread.sleep(10);
            }
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "closing the listener", failure);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        lines.forEach(line -> line.stop(true));
        executor.shutdownNow();
        readiness.close();
        router.afterStop();
    }
}
