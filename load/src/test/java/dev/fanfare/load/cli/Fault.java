package dev.fanfare.load.cli;

import java.util.ArrayDeque;

/// What becomes of an event on its way to a client.
interface Fault {
    int PLANTED = 5; // the event to which something happens, for the client with the number 0

    void deliver(Feed feed, long sequence, String data);

    static Fault none() {
        return (feed, _, data) -> feed.add(Item.event(data));
    }

    static Fault gap() {
        return (feed, sequence, data) -> {
            if (feed.number() != 0 || sequence != PLANTED) {
                feed.add(Item.event(data));
            }
        };
    }

    static Fault duplicate() {
        return (feed, sequence, data) -> {
            feed.add(Item.event(data));
            if (feed.number() == 0 && sequence == PLANTED) {
                feed.add(Item.event(data));
            }
        };
    }

    /// The planted one comes behind its successor.
    static Fault reordering() {
        var held = new ArrayDeque<String>();
        return (feed, sequence, data) -> {
            if (feed.number() == 0 && sequence == PLANTED) {
                held.add(data);
                return;
            }
            feed.add(Item.event(data));
            if (feed.number() == 0 && sequence == PLANTED + 1) {
                feed.add(Item.event(held.remove()));
            }
        };
    }

    /// What comes from the planted one on comes this much later.
    static Fault late(long millis) {
        return late(PLANTED, millis);
    }

    static Fault late(long from, long millis) {
        return (feed, sequence, data) -> feed.add(
                new Item(Item.Kind.EVENT, data, System.nanoTime() + (sequence < from ? 0 : millis * 1_000_000)));
    }

    /// What comes from the planted one on never comes.
    static Fault noTail() {
        return (feed, sequence, data) -> {
            if (feed.number() != 0 || sequence < PLANTED) {
                feed.add(Item.event(data));
            }
        };
    }

    /// The connection ends before the planted one.
    static Fault drop() {
        return (feed, sequence, data) -> {
            if (feed.number() == 0 && sequence == PLANTED) {
                feed.add(Item.of(Item.Kind.DROP));
            }
            feed.add(Item.event(data));
        };
    }

    /// Instead of the planted one comes something else.
    static Fault instead(Item.Kind kind) {
        return (feed, sequence, data) ->
                feed.add(feed.number() == 0 && sequence == PLANTED ? Item.of(kind) : Item.event(data));
    }
}
