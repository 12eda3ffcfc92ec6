package dev.fanfare.gateway.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.events.ChannelPattern;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The recent events of one channel, or of all channels that a pattern matches, in feed order: a ring that one thread
/// fills and empties while any number of drains read it without a lock.
///
/// Threads: [#append] and [#evictThrough] are called by [Channels] under its lock. [#collect] by anybody: it may see
/// slots that are being evicted or filled anew. Eviction raises the floor and the index of the oldest event before it
/// touches a slot, and all of these are volatile: whoever reads a slot first and these after it always notices.
public final class ChannelLog {
    private static final int FIRST_CAPACITY = 4;

    private volatile AtomicReferenceArray<FeedEvent> ring = new AtomicReferenceArray<>(FIRST_CAPACITY);
    private volatile long oldest; // index of the oldest event; ring slot is index mod capacity
    private volatile long next; // index that the next event gets
    private volatile long floor;

    final AtomicBoolean signalled = new AtomicBoolean(); // waits in the signaller's queue

    @GuardedBy("this")
    private @Nullable Subscription[] subscriptions = new Subscription[0];

    @GuardedBy("this")
    private @Nullable Subscriber[] subscribers = new Subscriber[0]; // of the subscriptions, at the same indexes

    @GuardedBy("this")
    private int subscriptionCount;

    @GuardedBy("this")
    private boolean retired;

    @GuardedBy("this")
    private @Nullable ChannelPattern shared;

    /// @param floor every event of this log with at least this sequence number will be in it
    ChannelLog(long floor) {
        this.floor = floor;
    }

    /// One subscriber's place in the log.
    public final class Subscription {
        private int slot; // guarded by the log

        private final ChannelPattern pattern;

        private Subscription(int slot, ChannelPattern pattern) {
            this.slot = slot;
            this.pattern = pattern;
        }

        /// What is subscribed to: one object for all who subscribe to it.
        public ChannelPattern pattern() {
            return pattern;
        }

        public ChannelLog log() {
            return ChannelLog.this;
        }
    }

    /// All events with at least this sequence number are still here.
    public long floor() {
        return floor;
    }

    int size() {
        return (int) (next - oldest);
    }

    void append(FeedEvent event) {
        var slots = ring;
        if (size() == slots.length()) {
            slots = grown(slots);
            ring = slots;
        }
        long index = next;
        slots.set((int) index & (slots.length() - 1), event);
        next = index + 1;
    }

    private AtomicReferenceArray<FeedEvent> grown(AtomicReferenceArray<FeedEvent> slots) {
        var larger = new AtomicReferenceArray<FeedEvent>(2 * slots.length());
        for (long i = oldest; i < next; i++) {
            larger.set((int) i & (larger.length() - 1), slots.get((int) i & (slots.length() - 1)));
        }
        return larger;
    }

    /// Removes the oldest event and answers it. The log must not be empty.
    FeedEvent evictOldest() {
        var slots = ring;
        long index = oldest;
        int slot = (int) index & (slots.length() - 1);
        var event = slots.get(slot);
        floor = event.seq() + 1; // first: a reader that finds the slot empty must find the floor raised
        oldest = index + 1;
        slots.set(slot, null);
        return event;
    }

    /// Whether the oldest event here is this one.
    boolean isOldest(FeedEvent event) {
        var slots = ring;
        return size() > 0 && slots.get((int) oldest & (slots.length() - 1)) == event;
    }

    void raiseFloor(long seq) {
        if (seq > floor) {
            floor = seq;
        }
    }

    /// Adds the events with `after < seq <= upTo` to `into`, oldest first, at most `max` of them.
    ///
    /// @return false if the log no longer has all of them; what was added is then worthless
    public boolean collect(long after, long upTo, int max, List<FeedEvent> into) {
        long end = next;
        long low = oldest;
        var slots = ring; // last: an older ring lacks newer events, and shows others at their indexes
        int mask = slots.length() - 1;
        long from = firstAfter(slots, after, low, end);
        for (long i = from; i < end && max > 0; i++, max--) {
            var event = slots.get((int) i & mask);
            if (event == null || event.seq() > upTo) {
                break;
            }
            into.add(event);
        }
        return floor <= after + 1;
    }

    /// How many events with a greater sequence number there are, or -1 if some of those are gone.
    public int countAfter(long after) {
        long end = next;
        long low = oldest;
        int count = (int) (end - firstAfter(ring, after, low, end));
        return floor <= after + 1 ? count : -1;
    }

    /// The oldest and the newest event that is here, if any is.
    Optional<Ends> ends() {
        long end = next;
        long low = oldest;
        var slots = ring;
        var first = slots.get((int) low & (slots.length() - 1));
        var last = slots.get((int) (end - 1) & (slots.length() - 1));
        return end > low && first != null && last != null
                ? Optional.of(new Ends(first, last, (int) (end - low)))
                : Optional.empty(); // also while it is being evicted
    }

    /// @param count how many there are
    record Ends(FeedEvent oldest, FeedEvent newest, int count) {}

    /// Index of the first event after a sequence number: gallops back from the newest, for most readers want the last
    /// few only.
    private long firstAfter(AtomicReferenceArray<FeedEvent> slots, long after, long from, long end) {
        long low = from;
        long high = end;
        for (long step = 1; low < high; step *= 2) {
            long probe = Math.max(low, high - step);
            if (isAfter(slots, probe, after)) {
                high = probe;
            } else {
                low = probe + 1;
                break;
            }
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (isAfter(slots, middle, after)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    /// An evicted event is not, even if its slot holds a newer one by now: if it was wanted, the floor will tell.
    private boolean isAfter(AtomicReferenceArray<FeedEvent> slots, long index, long after) {
        var event = slots.get((int) index & (slots.length() - 1));
        return event != null && index >= oldest && event.seq() > after;
    }

    /// Null if the log is no longer in use.
    synchronized @Nullable Subscription subscribe(ChannelPattern pattern, Subscriber subscriber) {
        if (retired) {
            return null;
        }
        if (shared == null) {
            shared = pattern;
        }
        if (subscriptionCount == subscriptions.length) {
            int larger = Math.max(2, 2 * subscriptionCount);
            subscriptions = Arrays.copyOf(subscriptions, larger);
            subscribers = Arrays.copyOf(subscribers, larger);
        }
        var subscription = new Subscription(subscriptionCount, shared);
        subscribers[subscriptionCount] = subscriber;
        subscriptions[subscriptionCount++] = subscription;
        return subscription;
    }

    /// Ends a subscription, and says whether nobody is left.
    synchronized boolean unsubscribe(Subscription subscription) {
        if (subscription.slot >= 0) {
            var last = subscriptions[--subscriptionCount];
            if (last != null) {
                subscriptions[subscription.slot] = last;
                subscribers[subscription.slot] = subscribers[subscriptionCount];
                last.slot = subscription.slot;
            }
            subscriptions[subscriptionCount] = null;
            subscribers[subscriptionCount] = null;
            subscription.slot = -1;
        }
        return subscriptionCount == 0;
    }

    /// Takes a log out of use, unless somebody subscribes to it.
    synchronized boolean retire() {
        retired = subscriptionCount == 0;
        return retired;
    }

    synchronized int subscriberCount() {
        return subscriptionCount;
    }

    /// Everybody who subscribes now.
    synchronized List<@Nullable Subscriber> subscribers() {
        return Arrays.asList(Arrays.copyOf(subscribers, subscriptionCount));
    }
}
