package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// One logical client: comes, is cut, comes back with its cursor, over any transport, to any node. Notes all it gets.
///
/// Threads: one of its own connects and reads; any may [#cut] it or send it away.
@SuppressWarnings("try") // close waits, and tests may be interrupted
final class Client implements AutoCloseable {
    private static final int PAUSE_MILLIS = 20;
    private static final int SMALL = 4096; // bytes: soon full

    private final List<String> patterns;
    private final List<TestGateway> nodes;
    private final Random random;
    private final List<Message> received = new ArrayList<>(); // guarded by itself
    private final List<String> refusals = new ArrayList<>(); // guarded by received
    private final Map<Integer, Long> arrivals = new HashMap<>(); // guarded by received
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile boolean away;
    private volatile boolean stopped;
    private volatile boolean calm;
    private volatile @Nullable Stream stream;
    private @Nullable String cursor; // of the thread
    private String how = "";

    Client(List<String> patterns, List<TestGateway> nodes, Random random) {
        this.patterns = patterns;
        this.nodes = nodes;
        this.random = random;
    }

    void start() {
        thread.start();
    }

    List<String> patterns() {
        return patterns;
    }

    List<Message> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /// Answers that no client should get.
    List<String> refusals() {
        synchronized (received) {
            return List.copyOf(refusals);
        }
    }

    /// When ([System#nanoTime]) it first got a connection to a port.
    Optional<Long> arrival(int port) {
        synchronized (received) {
            return Optional.ofNullable(arrivals.get(port));
        }
    }

    /// Resets the connection, if there is one, in the middle of anything.
    void cut() {
        var connected = stream;
        if (connected != null) {
            connected.cut();
        }
    }

    void goAway() {
        away = true;
        cut();
    }

    void comeBack() {
        away = false;
    }

    /// From now on it reads at full speed and stays where it is.
    void calmDown() {
        calm = true;
    }

    private void run() {
        try {
            while (!stopped) {
                if (!away) {
                    connect();
                }
                Thread.sleep(random.nextInt(PAUSE_MILLIS));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() throws InterruptedException {
        var port = nodes.get(random.nextInt(nodes.size())).openPort();
        if (port.isEmpty()) {
            return;
        }
        var kind = List.of(Stream.Kind.values()).get(random.nextInt(3));
        var query = "heartbeat=" + (1 + random.nextInt(3)) + "s&channel=" + String.join("&channel=", patterns);
        how = kind + " " + port.get() + " " + cursor;
        boolean slow = !calm && random.nextInt(4) == 0;
        try (var connected = kind.open(port.get(), query, cursor, slow ? SMALL : 0)) {
            stream = connected;
            synchronized (received) {
                arrivals.putIfAbsent(port.get(), System.nanoTime());
            }
            read(connected, slow);
        } catch (Stream.RefusedException refused) {
            if (refused.status != 503) {
                synchronized (received) {
                    refusals.add(how + ": " + refused.getMessage());
                }
            }
        } catch (IOException cutOrRestarted) {
            // comes back
        } finally {
            stream = null;
        }
    }

    private void read(Stream from, boolean slow) throws IOException, InterruptedException {
        int patience = 1 + random.nextInt(300); // messages until it cuts the connection itself
        while (!stopped && !away && (calm || patience-- > 0)) {
            var message = from.next();
            if (message == null) {
                return;
            }
            synchronized (received) {
                received.add(message);
            }
            if (message.cursor() != null) {
                cursor = message.cursor();
            }
            if (slow && !calm && random.nextInt(8) == 0) {
                Thread.sleep(random.nextInt(60)); // load, not synchronisation: a client that reads slowly
            }
        }
        if (random.nextBoolean()) {
            from.cut();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        cut();
        thread.join(20_000);
    }
}
