package dev.fanfare.webhook.replay;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/// How far a replay has come, and what could not be replayed. Immutable.
///
/// @param parts in the order in which they are read
/// @param notes sentences about what is not in Kafka any more, the first ones
/// @param unnoted how many more there would be
/// @param tooLarge events that the endpoint wants and that are larger than what is delivered
/// @param refused events that the store does not take
record Progress(List<Part> parts, List<String> notes, int unnoted, long tooLarge, long refused) {
    private static final int NOTES_MAX = 10;

    /// A partition.
    ///
    /// @param topicId of the incarnation that is meant
    /// @param next the first offset that has not been read
    /// @param end the first that is not to be read
    record Part(String topic, Uuid topicId, int partition, long next, long end) {
        boolean isDone() {
            return next >= end;
        }

        String offsets(long to) {
            return "offsets %d to %d of %s/%d".formatted(next, to - 1, topic, partition);
        }
    }

    Progress {
        parts = List.copyOf(parts);
        notes = List.copyOf(notes);
    }

    Progress(List<Part> parts, List<String> notes) {
        this(parts, notes.subList(0, Math.min(notes.size(), NOTES_MAX)), Math.max(0, notes.size() - NOTES_MAX), 0, 0);
    }

    Progress to(int index, long next) {
        var was = parts.get(index);
        var moved = new ArrayList<>(parts);
        moved.set(index, new Part(was.topic(), was.topicId(), was.partition(), next, was.end()));
        return new Progress(moved, notes, unnoted, tooLarge, refused);
    }

    Progress note(String note) {
        if (notes.size() == NOTES_MAX) {
            return new Progress(parts, notes, unnoted + 1, tooLarge, refused);
        }
        var more = new ArrayList<>(notes);
        more.add(note);
        return new Progress(parts, more, unnoted, tooLarge, refused);
    }

    Progress without(long larger, long refusedMore) {
        return new Progress(parts, notes, unnoted, tooLarge + larger, refused + refusedMore);
    }

    /// Sentences for people; empty if there is nothing to say.
    String detail() {
        var sentences = new ArrayList<>(notes);
        if (unnoted > 0) {
            sentences.add("There are %d more such notes.".formatted(unnoted));
        }
        if (tooLarge > 0) {
            sentences.add("%d events are left out, as they are too large.".formatted(tooLarge));
        }
        if (refused > 0) {
            sentences.add("%d events are left out, as the store refuses them.".formatted(refused));
        }
        return String.join(" ", sentences);
    }
}
