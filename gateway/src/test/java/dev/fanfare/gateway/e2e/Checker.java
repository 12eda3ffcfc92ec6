package dev.fanfare.gateway.e2e;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Says what is wrong with what a client received, over all its connections. From its first cursor on, every event
/// that matches must have come once, in order per partition, or lie in the range of a gap that was told before it was
/// passed; and no cursor may name another position than the one that the client really is at.
final class Checker {
    private static final int FAULTS_MAX = 10;

    private final Published published;

    Checker(Published published) {
        this.published = published;
    }

    /// The faults; empty if there are none. To be called when all publishing has ended.
    ///
    /// @param caughtUp whether everything must have come by now
    List<String> faults(List<String> patterns, List<Message> received, boolean caughtUp) {
        return new Walk(patterns.stream().map(ChannelPattern::parse).toList()).run(received, caughtUp);
    }

    /// One partition and how far the client has come in it.
    private static final class Track {
        final TopicPartition place;
        final List<Published.Entry> expected = new ArrayList<>();
        final Map<Long, Integer> indexes = new HashMap<>(); // of the expected, by number
        final List<Message.Gap> gaps = new ArrayList<>();
        int next;
        long deliveredTo; // offset after the last event that was delivered

        Track(TopicPartition place) {
            this.place = place;
        }

        void expect(Published.Entry entry) {
            indexes.put(entry.number(), expected.size());
            expected.add(entry);
        }

        void passGaps() {
            while (next < expected.size() && isExcused(expected.get(next))) {
                next++;
            }
        }

        private boolean isExcused(Published.Entry entry) {
            return gaps.stream().anyMatch(gap -> gap.from() <= entry.offset() && entry.offset() < gap.to());
        }
    }

    private final class Walk {
        private final List<ChannelPattern> patterns;
        private final List<String> faults = new ArrayList<>();
        private final Map<String, Track> tracks = new HashMap<>();
        private boolean begun;
        private int at;

        Walk(List<ChannelPattern> patterns) {
            this.patterns = patterns;
        }

        List<String> run(List<Message> received, boolean caughtUp) {
            for (var message : received) {
                at++;
                if (faults.size() >= FAULTS_MAX) {
                    break;
                }
                check(message);
            }
            if (caughtUp && !begun) {
                fault("never got a cursor");
            } else if (caughtUp && faults.isEmpty()) {
                tracks.values().forEach(this::checkEnd);
            }
            return faults;
        }

        private void check(Message message) {
            var cursor = message.cursor();
            if (!begun) {
                if (cursor == null) {
                    return;
                }
                begin(cursor, message instanceof Message.Event first ? first : null);
            }
            switch (message) {
                case Message.Event event -> delivered(event);
                case Message.Gap gap -> {
                    var track = tracks.get(gap.topic() + "-" + gap.partition());
                    if (track != null) {
                        track.gaps.add(gap);
                    }
                }
                case Message.Ready _,
                        Message.Moved _,
                        Message.Heartbeat _,
                        Message.Retry _,
                        Message.StateEnd _,
                        Message.Other _ -> {}
            }
            if (cursor != null) {
                stands(cursor);
            }
        }

        /// @param first the event that the cursor came with: the client began before it
        private void begin(String token, Message.@Nullable Event first) {
            begun = true;
            var cursor = decode(token);
            for (var partition : published.partitions()) {
                var track = new Track(partition.getFirst().place());
                long from = Math.max(0, position(cursor, track.place));
                for (var entry : partition) {
                    boolean isFirst = first != null
                            && first.source().equals(track.place.toString())
                            && first.number() == entry.number();
                    if ((entry.offset() >= from || isFirst) && channel(entry) != null) {
                        track.expect(entry);
                    }
                }
                tracks.put(track.place.toString(), track);
            }
        }

        /// The channel that the client gets an event under.
        private @Nullable ChannelName channel(Published.Entry entry) {
            return entry.channels().stream()
                    .filter(channel -> patterns.stream().anyMatch(pattern -> pattern.matches(channel)))
                    .findFirst()
                    .orElse(null);
        }

        private void delivered(Message.Event event) {
            var entry = published.find(event.source(), event.number());
            if (entry == null) {
                fault("got an event that was never committed: " + event);
                return;
            }
            var track = tracks.get(event.source());
            if (track == null || !ChannelName.of(event.channel()).equals(channel(entry))) {
                fault("got %s under channel %s, subscribed to %s".formatted(entry, event.channel(), patterns));
                return;
            }
            track.passGaps();
            int index = track.indexes.getOrDefault(entry.number(), -1);
            if (index < track.next) {
                fault(
                        track.deliveredTo > entry.offset()
                                ? "got twice, or out of order: " + entry
                                : "got after it was told as a gap, or from before the start: " + entry);
            } else {
                if (index > track.next) {
                    fault("lost %d events before %s, the first is %s"
                            .formatted(index - track.next, entry, track.expected.get(track.next)));
                }
                track.next = index + 1;
                track.deliveredTo = entry.offset() + 1;
            }
        }

        private void stands(String token) {
            var cursor = decode(token);
            for (var track : tracks.values()) {
                track.passGaps();
                long position = position(cursor, track.place);
                var next = track.next < track.expected.size() ? track.expected.get(track.next) : null;
                if (position < 0 && next != null) {
                    fault("the cursor does not name " + track.place);
                } else if (next != null && next.offset() < position) {
                    fault("the cursor says %d in %s, which passes over %s".formatted(position, track.place, next));
                } else if (position >= 0 && track.deliveredTo > position) {
                    fault("the cursor says %d in %s, which repeats what was delivered up to %d"
                            .formatted(position, track.place, track.deliveredTo));
                }
            }
        }

        private void checkEnd(Track track) {
            track.passGaps();
            if (track.next < track.expected.size()) {
                fault("%d events are missing at the end of %s, the first is %s"
                        .formatted(track.expected.size() - track.next, track.place, track.expected.get(track.next)));
            }
        }

        private Cursor decode(String token) {
            try {
                return Cursor.decode(token);
            } catch (BadCursorException bad) {
                fault("a bad cursor: " + bad.getMessage());
                return new Cursor(0, List.of());
            }
        }

        private static long position(Cursor cursor, TopicPartition place) {
            int hash = Cursor.nameHash(place.topic());
            for (var topic : cursor.topics()) {
                if (topic.nameHash() == hash) {
                    return place.partition() < topic.nextOffsets().length ? topic.nextOffsets()[place.partition()] : 0;
                }
            }
            return -1;
        }

        private void fault(String text) {
            faults.add("message " + at + ": " + text);
        }
    }
}
