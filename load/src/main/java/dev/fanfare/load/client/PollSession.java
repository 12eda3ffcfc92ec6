package dev.fanfare.load.client;

import dev.fanfare.load.wire.Bytes;
import dev.fanfare.load.wire.Input;
import java.io.IOException;

/// Long-polling over one connection: each answer holds the cursor for the next request. A connection that the server
/// closes behind an answer is opened again.
final class PollSession extends Session {
    private static final byte[] GAPS = Bytes.of("\"gaps\":[");
    private static final byte[] REASON = Bytes.of("\"reason\":");

    /// Opens a session's connection again.
    interface Reopening {
        void open(Session session);
    }

    private final Requests requests;
    private final Reopening reopening;
    private byte[] conditions = {}; // of the next request, where they are the cursor
    private long bodyLength; // -1: until the last chunk
    private boolean closes;

    PollSession(Place place, Receipts receipts, Requests requests, Reopening reopening) {
        super(place, receipts);
        this.requests = requests;
        this.reopening = reopening;
    }

    @Override
    byte[] requestBytes() {
        if (cursor().length > 0 || requests.pollIsHeldAtOnce()) {
            becomeReady();
        }
        return requests.poll(number(), cursor());
    }

    @Override
    void begin(ResponseHead head) throws IOException {
        if (head.status() != 200 && head.status() != 204) {
            throw new IOException("HTTP " + head.status());
        }
        bodyLength = head.status() == 204 ? 0 : head.contentLength();
        closes = head.closes();
        if (requests.pollsByHeaders() && !head.lastModified().isEmpty()) {
            conditions = Bytes.of(
                    "If-Modified-Since: %s\r\nIf-None-Match: %s\r\n".formatted(head.lastModified(), head.entityTag()));
        }
        if (bodyLength < 0 && !head.chunked()) {
            throw new IOException("an answer to a poll without Content-Length");
        }
    }

    /// One answer.
    @Override
    boolean message(Input in) throws IOException {
        if (bodyLength < 0 ? !bodyComplete() : in.length() < bodyLength) {
            return false;
        }
        int from = in.at();
        int to = bodyLength < 0 ? in.end() : from + (int) bodyLength;
        answer(in, from, to);
        in.skip(to - from);
        if (closes) {
            disconnect();
            reopening.open(this);
        } else {
            request();
        }
        return true;
    }

    @Override
    void closed() throws IOException {
        throw new IOException("the connection ended without an answer");
    }

    private void answer(Input in, int from, int to) throws IOException {
        if (from == to) {
            return; // nothing came while it was held
        }
        var data = in.data();
        if (requests.pollsByHeaders()) {
            cursor(conditions, 0, conditions.length);
            receipts().events(this, data, from, to, in.micros());
            becomeReady();
            return;
        }
        var field = requests.cursorField();
        int name = Bytes.findLast(data, from, to, field);
        int start = name + field.length;
        int end = name < 0 ? -1 : Bytes.find(data, start, to, new byte[] {'"'});
        if (end < 0) {
            throw new IOException("an answer to a poll without a cursor");
        }
        cursor(data, start, end);
        int gaps = Bytes.findLast(data, from, name, GAPS);
        while (gaps >= 0) {
            gaps = Bytes.find(data, gaps + 1, name, REASON);
            receipts().tally().reportedGaps += gaps < 0 ? 0 : 1;
        }
        receipts().events(this, data, from, name, in.micros());
        becomeReady();
    }
}
