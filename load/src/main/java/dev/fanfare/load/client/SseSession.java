package dev.fanfare.load.client;

import dev.fanfare.load.wire.Bytes;
import dev.fanfare.load.wire.Input;
import dev.fanfare.load.wire.LineEnds;
import java.io.IOException;
import java.util.Optional;

/// Server-sent events (WHATWG HTML §9.2): a block of lines per event, an empty line behind it.
final class SseSession extends Session {
    private static final byte[] DATA = Bytes.of("data");
    private static final byte[] EVENT = Bytes.of("event");
    private static final byte[] ID = Bytes.of("id");
    private static final byte[] GAP = Bytes.of("gap");

    private final Requests requests;
    private final Optional<byte[]> readyName;
    private int idFrom = -1; // of the last id of this read; -1: there is none
    private int idTo;

    /// @param readyName the event after which nothing is missed; none: the response's head
    SseSession(Place place, Receipts receipts, Requests requests, Optional<byte[]> readyName) {
        super(place, receipts);
        this.requests = requests;
        this.readyName = readyName;
    }

    @Override
    byte[] requestBytes() {
        return requests.sse(number(), cursor());
    }

    @Override
    void begin(ResponseHead head) throws IOException {
        if (head.status() != 200) {
            throw new IOException("HTTP " + head.status());
        }
        if (readyName.isEmpty()) {
            becomeReady();
        }
    }

    /// One block. What has several data lines is put together elsewhere, as it may be read here again.
    @Override
    boolean message(Input in) {
        var data = in.data();
        int nameFrom = 0;
        int nameTo = 0;
        int dataFrom = -1;
        int dataTo = 0;
        boolean several = false;
        int newIdFrom = -1;
        int newIdTo = 0;
        int line = in.at();
        while (true) {
            int end = LineEnds.find(data, line, in.end());
            if (end < 0) {
                return false;
            }
            int next = end + 1;
            if (data[end] == '\r' && next < in.end() && data[next] == '\n') {
                next++;
            }
            if (end == line) {
                dispatch(in, nameFrom, nameTo, dataFrom, dataTo, several);
                in.skip(next - in.at());
                idFrom = newIdFrom < 0 ? idFrom : newIdFrom;
                idTo = newIdFrom < 0 ? idTo : newIdTo;
                return true;
            }
            if (field(data, line, end, DATA)) {
                several = dataFrom >= 0;
                dataFrom = several ? dataFrom : value(data, line, end, DATA);
                dataTo = end;
            } else if (field(data, line, end, ID)) {
                newIdFrom = value(data, line, end, ID);
                newIdTo = end;
            } else if (field(data, line, end, EVENT)) {
                nameFrom = value(data, line, end, EVENT);
                nameTo = end;
            }
            line = next;
        }
    }

    @Override
    void taken(Input in) {
        if (idFrom >= 0) {
            cursor(in.data(), idFrom, idTo);
            idFrom = -1;
        }
    }

    @Override
    void closed() throws IOException {
        throw new IOException("the stream ended");
    }

    private void dispatch(Input in, int nameFrom, int nameTo, int dataFrom, int dataTo, boolean several) {
        if (dataFrom < 0) {
            return; // a comment, a new id, a reconnection time
        }
        var data = in.data();
        if (nameFrom < nameTo) {
            if (readyName.isPresent() && Bytes.equal(data, nameFrom, nameTo, readyName.get())) {
                becomeReady();
                return;
            } else if (Bytes.equal(data, nameFrom, nameTo, GAP)) {
                receipts().tally().reportedGaps++;
                return;
            }
        }
        if (several) {
            var joined = new byte[dataTo - in.at()];
            receipts().event(this, joined, 0, join(data, dataFrom, dataTo, joined), in.micros());
        } else {
            receipts().event(this, data, dataFrom, dataTo, in.micros());
        }
    }

    private static int join(byte[] data, int from, int to, byte[] joined) {
        int length = 0;
        int line = from;
        boolean first = true;
        while (line <= to) {
            int found = LineEnds.find(data, line, to);
            int end = found < 0 ? to : found;
            if (first || field(data, line, end, DATA)) {
                int start = first ? line : value(data, line, end, DATA);
                if (!first) {
                    joined[length++] = '\n';
                }
                System.arraycopy(data, start, joined, length, end - start);
                length += end - start;
            }
            first = false;
            line = end + 1;
        }
        return length;
    }

    private static boolean field(byte[] data, int from, int to, byte[] name) {
        return Bytes.startsWith(data, from, to, name) && (to == from + name.length || data[from + name.length] == ':');
    }

    /// Where the value of a line begins: behind the colon and one blank.
    private static int value(byte[] data, int from, int to, byte[] name) {
        int start = Math.min(to, from + name.length + 1);
        return start < to && data[start] == ' ' ? start + 1 : start;
    }
}
