package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.check.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The limit that the machine sets: a source that is the server as well, and nothing else. One thread encodes each
/// event once and writes the bytes to each socket of its channel.
public final class RawServer implements Source {
    private static final int BACKLOG = 4096;
    private static final long IDLE_MILLIS = 10;

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Payload payload;
    private final int eventsAWrite;
    private final Map<String, Integer> channels;
    private final List<RawChannel> logs;
    private final Acknowledgements acknowledgements;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final Thread thread = Thread.ofPlatform().name("raw").unstarted(this::serve);
    private volatile @Nullable Schedule schedule;
    private volatile boolean closed;
    private long next; // the next event; owned by the thread

    /// Starts to listen, on a free port of the loopback address.
    ///
    /// @param channels their names
    /// @param eventsAWrite how many events go out with one write at most, if that many are due
    public RawServer(List<String> channels, Payload payload, int eventsAWrite) {
        this.payload = payload;
        this.eventsAWrite = eventsAWrite;
        this.channels = IntStream.range(0, channels.size()).boxed().collect(Collectors.toMap(channels::get, i -> i));
        logs = new ArrayList<>();
        channels.forEach(_ -> logs.add(new RawChannel()));
        acknowledgements = new Acknowledgements(channels.size());
        try {
            selector = Selector.open();
            listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        thread.start();
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    /// @throws IllegalStateException if the thread has died
    @Override
    public void run(Schedule events) throws InterruptedException {
        schedule = events;
        selector.wakeup();
        try {
            done.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("the bare loop has ended: " + failure.getCause(), failure);
        }
    }

    @Override
    public Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    private void serve() {
        try (selector;
                listener) {
            while (!closed) {
                selector.select(this::selected, waitMillis());
                var events = schedule;
                if (events != null) {
                    write(events);
                }
            }
            for (var key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException | RuntimeException | OutOfMemoryError failure) { // whoever waits for it has to know
            done.completeExceptionally(failure);
        }
    }

    /// 1 at least: a timeout of 0 would be for ever.
    private long waitMillis() {
        var events = schedule;
        if (events == null || next >= events.count()) {
            return IDLE_MILLIS;
        }
        return Math.clamp((events.micros(next) - Micros.now()) / 1000, 1, IDLE_MILLIS);
    }

    private void selected(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (var client = listener.accept(); client != null; client = listener.accept()) {
                    client.configureBlocking(false);
                    client.setOption(StandardSocketOptions.TCP_NODELAY, true); // else the kernel puts writes together
                    var _ = new RawClient(client, selector);
                }
            } else {
                ((RawClient) key.attachment()).select(this::subscribe);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void subscribe(RawClient client, RawForm form, String channel, long cursor) {
        var number = channels.get(channel);
        if (number != null) {
            logs.get(number).add(client, form, cursor);
        }
    }

    /// All that is due, so many events a write; then what came due meanwhile has to wait for the selector's turn.
    private void write(Schedule events) {
        long count = events.count();
        long now = Micros.now();
        while (next < count && events.micros(next) <= now) {
            long event = next++;
            int channel = events.channel(event);
            long due = events.micros(event);
            var log = logs.get(channel);
            log.append(events.sequence(event), payload.encode(channel, events.sequence(event), due), due);
            if (log.events() >= eventsAWrite) {
                log.write(acknowledgements, channel);
            }
        }
        for (int channel = 0; channel < logs.size(); channel++) {
            logs.get(channel).write(acknowledgements, channel);
        }
        if (next >= count) {
            done.complete(true);
        }
    }
}
