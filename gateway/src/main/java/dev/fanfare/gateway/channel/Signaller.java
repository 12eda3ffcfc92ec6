package dev.fanfare.gateway.channel;

import java.util.concurrent.LinkedBlockingQueue;

/// Wakes subscribers, so that the feed thread need not: it hands over the logs that it has touched. A log waits at
/// most
/// once, so the queue is bounded by the number of logs.
public final class Signaller implements AutoCloseable {
    private final LinkedBlockingQueue<ChannelLog> touched = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("signaller").daemon().unstarted(this::run);

    public Signaller() {
        thread.start();
    }

    void enqueue(ChannelLog log) {
        if (log.signalled.compareAndSet(false, true)) {
            touched.add(log);
        }
    }

    private void run() {
        try {
            while (true) {
                var log = touched.take();
                log.signalled.set(false); // before signalling: what is appended from now on signals again
                log.signal();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
