package dev.fanfare.gateway.cluster;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.FlatJson;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is to become of some clients, whichever node they are on.
///
/// @param id of this one order: each node carries it out once
/// @param over how long it may take, one client after the other; empty: as long as a drain for a whole node that moves,
///     else no time
public record Order(String id, Kind kind, Selection of, Optional<Duration> over) {
    /// What is done with them.
    public enum Kind {
        /// They are sent away, and told not to come back.
        DISCONNECT(CloseReason.DISCONNECTED),
        /// They are told to go on elsewhere.
        MOVE(CloseReason.MOVED);

        private final CloseReason reason;

        Kind(CloseReason reason) {
            this.reason = reason;
        }

        CloseReason reason() {
            return reason;
        }

        /// As the topic and metrics name it: `disconnect`, `move`.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @throws IllegalArgumentException if it is none
    static Order parse(byte[] value) {
        var members = FlatJson.read(value);
        try {
            return new Order(
                    required(members.get("id")),
                    Kind.valueOf(required(members.get("order")).toUpperCase(Locale.ROOT)),
                    Selection.of(members),
                    Optional.ofNullable(members.get("over")).map(Duration::parse));
        } catch (DateTimeException noTime) {
            throw new IllegalArgumentException("'over' is no time", noTime);
        }
    }

    private static String required(@Nullable String member) {
        if (member == null) {
            throw new IllegalArgumentException("'id' or 'order' is missing");
        }
        return member;
    }

    byte[] json() {
        var members = new TreeMap<>(of.members());
        members.put("id", id);
        members.put("order", kind.label());
        over.ifPresent(time -> members.put("over", time.toString()));
        return FlatJson.write(members);
    }

    /// The newest order about the same clients replaces those before it.
    String key() {
        return kind.label() + " " + of.members();
    }
}
