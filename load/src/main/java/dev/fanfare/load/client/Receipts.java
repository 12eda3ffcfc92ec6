package dev.fanfare.load.client;

import dev.fanfare.load.check.MarkerReader;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.check.Sequences;

/// Where the sessions of one loop and transport bring their events and notices.
final class Receipts {
    private final MarkerReader marker;
    private final Crowd crowd;
    private final Sequences sequences;
    private final Tally tally;
    private Measured measured = Measured.NOTHING;

    Receipts(MarkerReader marker, Crowd crowd, Tally tally) {
        this.marker = marker;
        this.crowd = crowd;
        this.sequences = tally.sequences();
        this.tally = tally;
    }

    Tally tally() {
        return tally;
    }

    void measure(Measured next) {
        measured = next;
    }

    /// One event, all of it in `data[from, to)`.
    void event(Session session, byte[] data, int from, int to, long now) {
        if (marker.read(data, from, to)) {
            count(session, now);
        } else {
            tally.unmarked++;
        }
    }

    /// As many events as there are in `data[from, to)`, one behind the other.
    void events(Session session, byte[] data, int from, int to, long now) {
        int at = from;
        while (marker.read(data, at, to)) {
            count(session, now);
            at = marker.end();
        }
    }

    private void count(Session session, long now) {
        tally.receipts++;
        int place = marker.channel() - session.firstChannel();
        if (place < 0) {
            place += crowd.channels();
        }
        if (place < 0 || place >= crowd.channelsPerSession() || marker.channel() >= crowd.channels()) {
            tally.strays++;
            return;
        }
        sequences.receive(session.firstSequence() + place, marker.sequence());
        long sent = marker.timeMicros();
        if (measured.holds(sent)) {
            tally.measure(now - sent, now);
        }
    }
}
