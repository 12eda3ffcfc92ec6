package dev.fanfare.load.hook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.load.check.MarkerReader;
import java.util.Optional;
import java.util.stream.IntStream;

/// One endpoint: what it has to get, what has come, and how it answers. Any loop may bring a call, as a dispatcher uses
/// a connection for all endpoints of a receiver.
public final class Endpoint {
    /// Which events it gets.
    ///
    /// @param firstChannel its channels are this one and those behind it
    /// @param channels that it gets
    /// @param of channels that there are
    /// @param events of each channel
    public record Subscription(int firstChannel, int channels, int of, int events) {
        int channel(int place) {
            return (firstChannel + place) % of;
        }
    }

    private final String label;
    private final Optional<Failure> failure;
    private final Subscription subscription;

    @GuardedBy("this")
    private final Signature signature;

    @GuardedBy("this")
    private final Calls[] calls;

    /// @param label of its tally
    /// @param secret that the dispatcher signs with
    public Endpoint(String label, String secret, Optional<Failure> failure, Subscription subscription) {
        this.label = label;
        this.failure = failure;
        this.subscription = subscription;
        signature = new Signature(secret);
        calls = IntStream.range(0, subscription.channels)
                .mapToObj(_ -> new Calls(subscription.events))
                .toArray(Calls[]::new);
    }

    public String label() {
        return label;
    }

    Optional<Failure> failure() {
        return failure;
    }

    synchronized boolean verify(RequestHead head, byte[] data, int from, int to) {
        return signature.verify(head, data, from, to);
    }

    /// Takes a call whose marker has been read. Empty: it is not one of this endpoint's.
    ///
    /// @param micros since the measured time's start
    synchronized Optional<Call> begin(RequestHead head, MarkerReader marker, long micros) {
        int place = Math.floorMod(marker.channel() - subscription.firstChannel, subscription.of);
        if (marker.channel() >= subscription.of
                || place >= subscription.channels
                || marker.sequence() >= subscription.events) {
            return Optional.empty();
        }
        int event = (int) marker.sequence();
        var coming = calls[place].begin(event);
        int attempt = calls[place].attempts(event);
        boolean sameId = calls[place].sameId(event, id(head.id()));
        return Optional.of(new Call(
                this,
                place,
                event,
                coming,
                sameId,
                failure.filter(script -> script.holds(event, attempt, micros)),
                marker.timeMicros()));
    }

    /// The call is taken. True: its event had not been before.
    synchronized boolean accept(Call call) {
        return calls[call.place()].accept(call.event(), call.failure().isPresent());
    }

    synchronized void fail(Call call) {
        calls[call.place()].fail(call.event());
    }

    /// What was acknowledged, by channel, and never accepted.
    public synchronized long missing(long[] ends) {
        long missing = 0;
        for (int place = 0; place < calls.length; place++) {
            missing += calls[place].missing(ends[subscription.channel(place)]);
        }
        return missing;
    }

    /// Of 64 bits, as the id is only compared; never 0.
    private static long id(String text) {
        long hash = 1;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash == 0 ? 1 : hash;
    }
}
