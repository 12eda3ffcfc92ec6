package dev.fanfare.gateway.overload;

/// How much the gateway does without. Each level includes those before it.
public enum Level {
    /// Nothing.
    NORMAL(0),
    /// Nobody gets a turn to read back from Kafka.
    REPLAYS(1),
    /// Subscriptions with low priority get less.
    LOW(2),
    /// Nobody is let in.
    SESSIONS(3);

    private final int number;

    Level(int number) {
        this.number = number;
    }

    /// As in metrics and logs.
    public int number() {
        return number;
    }

    boolean isAbove(Level other) {
        return number > other.number;
    }

    /// The one below; of the lowest itself.
    Level lower() {
        return switch (this) {
            case NORMAL, REPLAYS -> NORMAL;
            case LOW -> REPLAYS;
            case SESSIONS -> LOW;
        };
    }
}
