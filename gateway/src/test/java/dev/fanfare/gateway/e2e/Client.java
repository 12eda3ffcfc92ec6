package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.time.Duration;
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
@SuppressWarnings({"try", "NonAtomicVolatileUpdate"}) // close waits, and tests may be interrupted
final class Client implements AutoCloseable {
    private static final int PAUSE_MILLIS = 20;
    private static final int SMALL = 4096; // bytes: soon full

    private final List<String> patterns;
    private final List<? extends Node> nodes;
    private final Random random;
    private final List<Message> received = new ArrayList<>(); // guarded by itself
    private final List<String> refusals = new ArrayList<>(); // guarded by received
    private final Map<Integer, Long> arrivals = new HashMap<>(); // guarded by received
    private final List<Long> connects = new ArrayList<>(); // guarded by received
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile boolean away;
    private volatile boolean stopped;
    private volatile boolean calm;
    private volatile @Nullable Stream stream;
    private volatile long delivered;
    private volatile int port; // 0: none
    private @Nullable String cursor; // of the thread
    private String how = "";
    private Duration patience = Duration.ofSeconds(15);
    private String token = "";

    Client(List<String> patterns, List<? extends Node> nodes, Random random) {
        this.patterns = patterns;
        this.nodes = nodes;
        this.random = random;
    }

    void start() {
        thread.start();
    }

    /// How long it waits for a connection, and for each byte. To be called before it starts.
    Client patience(Duration most) {
        patience = most;
        return this;
    }

    /// What it shows, in the URL. To be called before it starts.
    Client token(String shown) {
        token = "&access_token=" + shown;
        return this;
    }

    List<String> patterns() {
        return patterns;
    }

    List<Message> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /// How many events it has got.
    long delivered() {
        return delivered;
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

    /// The port that it is connected to; 0 while it is to none.
    int port() {
        return port;
    }

    /// When ([System#nanoTime]) it got each of its connections.
    List<Long> connects() {
        synchronized (received) {
            return List.copyOf(connects);
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
        var address = nodes.get(random.nextInt(nodes.size())).address();
        if (address.isEmpty()) {
            return;
        }
        var kind = List.of(Stream.Kind.values()).get(random.nextInt(3));
        var query = "heartbeat=" + (1 + random.nextInt(3)) + "s&channel=" + String.join("&channel=", patterns);
        how = kind + " " + address.get() + " " + cursor;
        boolean slow = !calm && random.nextInt(4) == 0;
        var target = new Target(address.get(), slow ? SMALL : 0, patience);
        try (var connected = kind.open(target, query + token, cursor)) {
            stream = connected;
            synchronized (received) {
                arrivals.putIfAbsent(address.get().getPort(), System.nanoTime());
                connects.add(System.nanoTime());
            }
            port = address.get().getPort();
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
            port = 0;
        }
    }

    private void read(Stream from, boolean slow) throws IOException, InterruptedException {
        int messages = 1 + random.nextInt(300); // until it cuts the connection itself
        while (!stopped && !away && (calm || messages-- > 0)) {
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
            if (message instanceof Message.Event) {
                delivered++;
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
