package dev.fanfare.load.cli;

/// What a [Feed] holds.
///
/// @param notBeforeNanos when it may be written, by the monotonic clock
record Item(Kind kind, String data, long notBeforeNanos) {
    enum Kind {
        EVENT,
        GAP,
        DROP,
        PASSED
    }

    static Item event(String data) {
        return new Item(Kind.EVENT, data, System.nanoTime());
    }

    static Item of(Kind kind) {
        return new Item(kind, "", System.nanoTime());
    }
}
