package dev.fanfare.gateway.websocket;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What all WebSockets together hold of messages whose end has not come. When it is too much, those are closed whose
/// message was begun longest ago: a client that is only slow is soon through, one that holds its last byte back is not.
///
/// Threads: any.
public final class Unfinished {
    private final long bytesMax;
    private final Runnable onShed;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Message> messages = ConcurrentHashMap.newKeySet();

    /// A bound for the WebSockets of one gateway.
    ///
    /// @param onShed run for each that is closed; must not block
    public Unfinished(long bytesMax, Runnable onShed) {
        this.bytesMax = bytesMax;
        this.onShed = onShed;
    }

    /// A message has begun.
    ///
    /// @param shed closes its connection, called by any thread; must not block
    Message begin(Runnable shed) {
        var message = new Message(shed);
        messages.add(message);
        return message;
    }

    private void shed() {
        while (bytes.get() > bytesMax) {
            var oldest = messages.stream().min((a, b) -> Long.compare(a.begun - b.begun, 0)); // may overflow
            if (oldest.isEmpty()) {
                return;
            }
            if (oldest.get().end()) {
                onShed.run();
                oldest.get().shed.run();
            }
        }
    }

    /// One that has begun.
    final class Message {
        private final Runnable shed;
        private final long begun = System.nanoTime();

        @GuardedBy("this")
        private int held;

        @GuardedBy("this")
        private boolean ended;

        private Message(Runnable shed) {
            this.shed = shed;
        }

        /// So much of it is held now.
        void holds(int now) {
            synchronized (this) {
                if (ended) {
                    return;
                }
                bytes.addAndGet(now - held);
                held = now;
            }
            shed();
        }

        /// Nothing of it is held any more.
        ///
        /// @return whether this was the first to say so
        boolean end() {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                ended = true;
                bytes.addAndGet(-held);
            }
            messages.remove(this);
            return true;
        }
    }
}
