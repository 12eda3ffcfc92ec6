package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Encodings;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What goes out to one client: events, notices and heartbeats, each with the cursor that they bring the client to,
/// gathered until they are written.
///
/// Threads: owned by the session's drain, but for [#tick] and [#isHeartbeatDue].
final class Outlet {
    private final SessionOptions options;
    private final SessionMetrics metrics;
    private final Wire wire;
    private final EventForm form;
    private final Encodings encodings;
    private final Place place;
    private volatile boolean heartbeatDue;
    private volatile long lastWriteNanos = System.nanoTime();
    private volatile long lastHeartbeatNanos = System.nanoTime();
    private @Nullable Outbox out; // null: there is nothing to be written
    private @Nullable PositionVector told; // the last cursor that went out
    private boolean cursorDue; // positions moved without an event
    private boolean caughtUp; // what comes is new to everybody: how long it took is of interest
    private int unwritten; // bytes that were handed over, as long as not all of them are written

    Outlet(SessionOptions options, SessionMetrics metrics, Wire wire, Encodings encodings, Place place) {
        this.options = options;
        this.metrics = metrics;
        this.wire = wire;
        this.form = wire.form();
        this.encodings = encodings;
        this.place = place;
    }

    SessionOptions options() {
        return options;
    }

    /// See [dev.fanfare.gateway.channel.Subscriber#approach].
    int approach() {
        return (int) lastWriteNanos + bytes();
    }

    /// Whether a heartbeat has come due just now.
    boolean tick(long nowNanos) {
        if (!heartbeatDue
                && nowNanos - (wire.heartbeatsAlways() ? lastHeartbeatNanos : lastWriteNanos)
                        >= options.heartbeatAfterNanos()) {
            heartbeatDue = true;
            return true;
        }
        return false;
    }

    /// In how many nanoseconds to [#tick] again.
    long untilHeartbeat(long nowNanos) {
        long since = heartbeatDue ? nowNanos : wire.heartbeatsAlways() ? lastHeartbeatNanos : lastWriteNanos;
        return since + options.heartbeatAfterNanos() - nowNanos;
    }

    boolean isHeartbeatDue() {
        return heartbeatDue;
    }

    /// The client has everything up to now, or was away or slow and is behind.
    void caughtUp(boolean now) {
        caughtUp = now;
    }

    private Outbox out() {
        var gathered = out;
        if (gathered == null) {
            gathered = new Outbox();
            out = gathered;
        }
        return gathered;
    }

    private int bytes() {
        var gathered = out;
        return gathered == null ? 0 : gathered.bytes();
    }

    /// Whether there is enough for a write.
    boolean isFull() {
        return bytes() >= options.writeBytes();
    }

    /// Sends bytes that are whole in the transport's framing.
    void send(byte[] frame) {
        out().put(frame);
    }

    void tell(Notice notice) {
        out().put(form.notice(notice, place.cursor()));
    }

    /// Says where a session begins, and then what lies missing before that. Only the last of the gaps carries the
    /// cursor behind them all: whoever is cut off in between is told again.
    ///
    /// @param ready whether the transport says the former
    void tellStart(Start start, boolean ready) {
        boolean complete = !(start instanceof Start.After after) || after.complete();
        var gaps = start instanceof Start.After after ? after.gaps() : List.<Notice.Gap>of();
        byte[] before = start instanceof Start.After after && !gaps.isEmpty()
                ? after.came().getBytes(StandardCharsets.US_ASCII)
                : place.cursor();
        if (ready) {
            out().put(form.notice(new Notice.Ready(options.id(), options.heartbeat(), start.name(), complete), before));
            told = place.vector();
        }
        for (int i = 0; i < gaps.size(); i++) {
            tellGap(gaps.get(i), i == gaps.size() - 1 ? place.cursor() : before);
        }
    }

    void tellGap(Notice.Gap gap) {
        tellGap(gap, place.cursor());
    }

    private void tellGap(Notice.Gap gap, byte[] cursor) {
        metrics.gaps(gap.reason()).increment();
        out().put(form.notice(gap, cursor));
        told = null;
    }

    void tellLost(Replay.LostRange lost) {
        var where = place.topology().place(lost.partition());
        tellGap(new Notice.Gap(where.topic(), where.partition(), lost.from(), lost.to(), lost.reason(), false));
    }

    /// A walk is done: says so if it told a state.
    void tellEnd(@Nullable StateFilter state) {
        if (state != null) {
            tell(new Notice.StateEnd(
                    state.aside() == null ? null : state.aside().id()));
            told = place.vector();
        }
    }

    /// Delivers an event of the logs.
    ///
    /// @param shared whether the client's cursor is then that of all who stand in the logs
    void deliver(FeedEvent event, ChannelName channel, boolean shared) {
        place.delivers(event.timeMillis());
        if (event.event().dataLength() <= options.eventMax() && shared) {
            out().put(event.encoded(form, channel, encodings));
        } else {
            deliver(event.event(), channel, place.cursor(event), false);
        }
        out().count(caughtUp ? event.timeMillis() : Outbox.UNTIMED);
        told = null;
        cursorDue = false;
    }

    /// Delivers an event that was read back.
    void deliver(Replay.Matched matched) {
        if (!matched.state()) { // cursors inside of a state have a time of their own
            place.delivers(timeOf(matched.event()));
        }
        deliver(matched.event(), matched.channel(), place.cursor(), matched.state());
        out().count(Outbox.UNTIMED);
        metrics.replayed.increment();
        told = null;
    }

    private void deliver(Event event, ChannelName channel, byte[] id, boolean state) {
        if (event.dataLength() > options.eventMax()) {
            metrics.gaps(GapReason.TOO_LARGE).increment();
            long offset = event.offset();
            var gap = new Notice.Gap(event.topic(), event.partition(), offset, offset + 1, GapReason.TOO_LARGE, false);
            out().put(form.notice(gap, id));
        } else {
            out().put(encodings.encode(state ? form::stateEvent : form::event, event, channel, id));
        }
    }

    /// Producers may invent any time.
    private static long timeOf(Event event) {
        return Math.clamp(event.timestamp(), 0, System.currentTimeMillis());
    }

    /// The client's place has moved without an event: heartbeats carry its cursor.
    void moved() {
        cursorDue = true;
    }

    /// Adds a heartbeat if one is due, and the cursor if the client does not know it.
    ///
    /// @param more whether there is more to deliver
    void heartbeat(boolean more) {
        if (!heartbeatDue) {
            return;
        }
        heartbeatDue = false;
        if (bytes() > 0 && !wire.heartbeatsAlways()) {
            return; // what goes out anyway shows that we are alive
        }
        lastHeartbeatNanos = System.nanoTime();
        metrics.heartbeats.increment();
        if (bytes() == 0 && (place.replay() != null ? cursorDue : !more)) {
            var now = place.vector();
            if (told == null || !now.equals(told)) {
                out().put(form.cursor(place.cursor()));
                told = now;
            }
            cursorDue = false;
        }
        out().put(form.heartbeat());
    }

    /// Hands over what was gathered.
    ///
    /// @return whether it is written; if not, [#finish] comes next
    boolean flush() throws IOException {
        var gathered = out;
        if (gathered == null || gathered.bytes() == 0) {
            return true;
        }
        int bytes = gathered.bytes();
        long begin = System.nanoTime();
        boolean whole = wire.offer(gathered, bytes);
        long end = System.nanoTime();
        metrics.writes.increment();
        metrics.bytesWritten.add(bytes);
        metrics.writeNanos.add(end - begin);
        lastWriteNanos = end;
        if (whole) {
            written(gathered);
        } else {
            unwritten = bytes;
        }
        return whole;
    }

    /// One observation a write: its events count with the time that the oldest of them took.
    private void written(Outbox box) {
        out = null;
        unwritten = 0;
        var account = options.account();
        if (account != null) {
            account.wrote(box.events(), box.bytes());
        }
        if (box.events() > 0) {
            metrics.delivered.add(box.events());
            if (box.oldestMillis() != Outbox.UNTIMED) {
                metrics.latency(options.transport())
                        .record(System.currentTimeMillis() - box.oldestMillis(), box.events());
            }
        }
    }

    /// What was handed over and is not written yet, in bytes; 0 if all is.
    int unwritten() {
        return unwritten;
    }

    /// Waits until all that was handed over is written.
    void finish() throws IOException {
        long begin = System.nanoTime();
        wire.finish();
        long end = System.nanoTime();
        metrics.writeNanos.add(end - begin);
        lastWriteNanos = end;
        var box = out;
        if (box != null) {
            written(box);
        }
    }
}
