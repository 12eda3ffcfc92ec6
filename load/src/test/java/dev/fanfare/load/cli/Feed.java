package dev.fanfare.load.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one client of the [PlantedServer] gets, in this order.
final class Feed {
    private final int number;
    private final List<String> channels;

    @GuardedBy("this")
    private final List<Item> items = new ArrayList<>();

    Feed(int number, List<String> channels) {
        this.number = number;
        this.channels = channels;
    }

    int number() {
        return number;
    }

    List<String> channels() {
        return channels;
    }

    synchronized void add(Item item) {
        items.add(item);
        notifyAll();
    }

    /// The item at this index has been done and is not to be done again.
    synchronized void pass(int index) {
        items.set(index, Item.of(Item.Kind.PASSED));
    }

    /// The item at this index, once there is one and it may be written.
    synchronized Optional<Item> await(int index, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (true) {
            long now = System.nanoTime();
            if (index < items.size() && items.get(index).notBeforeNanos() - now <= 0) {
                return Optional.of(items.get(index));
            }
            long until = index < items.size() ? Math.min(end, items.get(index).notBeforeNanos()) : end;
            if (end - now <= 0) {
                return Optional.empty();
            }
            wait(Math.max(1, (until - now) / 1_000_000));
        }
    }
}
