package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.History.Read;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the position before the last N matching events: in the logs, or by reading Kafka backwards as far as a bound
/// of bytes and time allows. Across partitions, "last" is by the records' timestamps.
final class LastEvents {
    private static final int STEP = 1024; // offsets that one backward step covers
    private static final long RETRY_MILLIS = 50;

    private final Channels channels;
    private final History history;
    private final long bytesMax;
    private final Duration timeMax;

    LastEvents(Channels channels, History history, long bytesMax, Duration timeMax) {
        this.channels = channels;
        this.history = history;
        this.bytesMax = bytesMax;
        this.timeMax = timeMax;
    }

    /// Finds the position.
    ///
    /// @param fromKafka whether Kafka may be read, where the logs do not reach back far enough
    /// @return null if it would have to be read and may not
    @Nullable
    Start find(int events, List<ChannelPattern> patterns, boolean fromKafka)
            throws HistoryUnavailableException, InterruptedException {
        var head = channels.head();
        if (events == 0) {
            return new Start.After("last", head, head.timeMillis(), head.vector(), List.of(), "", List.of(), true);
        }
        var kept = channels.beforeLast(events, patterns);
        if (kept != null
                && patterns.stream().allMatch(pattern -> channels.demand().isMet(pattern, kept))) {
            return new Start.After("last", head, head.timeMillis(), kept, List.of(), "", List.of(), true);
        }
        return fromKafka ? new Scan(head, events, patterns).run() : null;
    }

    /// One backward scan.
    private final class Scan {
        private final Head head;
        private final int wanted;
        private final List<ChannelPattern> patterns;
        private final long deadline = System.nanoTime() + timeMax.toNanos();
        private long bytes;
        private boolean complete = true;

        Scan(Head head, int wanted, List<ChannelPattern> patterns) {
            this.head = head;
            this.wanted = wanted;
            this.patterns = patterns;
        }

        Start run() throws HistoryUnavailableException, InterruptedException {
            var topology = head.topology();
            var newest = new ArrayList<Deque<Event>>(); // per partition, newest last
            for (int index = 0; index < topology.size(); index++) {
                newest.add(topology.isLive(index) && mayHold(index) ? backwards(index) : new ArrayDeque<>());
            }
            var position = head.vector().mutable(topology.size());
            for (int n = 0; n < wanted; n++) {
                int latest = latest(newest);
                if (latest < 0) {
                    break;
                }
                position.set(latest, newest.get(latest).removeLast().offset(), -1);
            }
            return new Start.After(
                    "last", head, head.timeMillis(), position.done(), List.of(), "", List.of(), complete);
        }

        private boolean mayHold(int index) {
            return patterns.stream().anyMatch(pattern -> history.mayHold(head.topology(), index, pattern));
        }

        private int latest(List<Deque<Event>> newest) {
            int latest = -1;
            long latestTime = Long.MIN_VALUE;
            for (int index = 0; index < newest.size(); index++) {
                var event = newest.get(index).peekLast();
                if (event != null && event.timestamp() > latestTime) {
                    latest = index;
                    latestTime = event.timestamp();
                }
            }
            return latest;
        }

        private Deque<Event> backwards(int index) throws HistoryUnavailableException, InterruptedException {
            var found = new ArrayDeque<Event>();
            long to = head.vector().offset(index);
            while (to > 0 && found.size() < wanted) {
                if (bytes > bytesMax || System.nanoTime() - deadline > 0) {
                    complete = false;
                    break;
                }
                long from = (to - 1) / STEP * STEP;
                var step = forwards(index, from, to);
                step.events.reversed().forEach(found::addFirst);
                if (step.reachedStart) {
                    break;
                }
                to = from;
            }
            while (found.size() > wanted) {
                found.removeFirst();
            }
            return found;
        }

        private Read read(int index, long at, long to) throws HistoryUnavailableException, InterruptedException {
            while (true) {
                try {
                    return history.read(head.topology(), index, at, to);
                } catch (HistoryUnavailableException slow) {
                    if (System.nanoTime() - deadline > 0) {
                        throw slow;
                    }
                    Thread.sleep(RETRY_MILLIS);
                }
            }
        }

        private record Step(List<Event> events, boolean reachedStart) {}

        private Step forwards(int index, long from, long to) throws HistoryUnavailableException, InterruptedException {
            var events = new ArrayList<Event>();
            boolean reachedStart = false;
            long at = from;
            while (at < to) {
                switch (read(index, at, to)) {
                    case Read.Lost(var next, var _) -> {
                        reachedStart = true;
                        at = Math.max(next, at + 1);
                    }
                    case Read.Chunk(var stored, var end) -> {
                        for (var s : stored) {
                            long offset = s.event().offset();
                            if (offset >= at && offset < to) {
                                bytes += s.event().dataLength();
                                if (s.channels().stream()
                                        .anyMatch(c -> patterns.stream().anyMatch(p -> p.matches(c)))) {
                                    events.add(s.event());
                                }
                            }
                        }
                        at = end;
                    }
                }
            }
            return new Step(events, reachedStart);
        }
    }
}
