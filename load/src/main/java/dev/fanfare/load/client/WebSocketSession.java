package dev.fanfare.load.client;

import dev.fanfare.load.wire.Bytes;
import dev.fanfare.load.wire.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A WebSocket (RFC 6455), without extensions: an event is a message of text.
final class WebSocketSession extends Session {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final byte[] TYPE = Bytes.of("{\"type\":\"");
    private static final byte[] GAP = Bytes.of("gap\"");
    private static final byte[] EVENT_ID = Bytes.of("event\",\"id\":\"");
    private static final byte[] NOTICE_CURSOR = Bytes.of("\",\"cursor\":\"");
    private static final byte[] QUOTE = {'"'};
    private static final int NAME_MAX = 32; // of a type, with what is behind it
    private static final byte[] CURSOR = Bytes.of("cursor\"");

    private final Requests requests;
    private final String nonce;
    private final Optional<byte[]> readyName;
    private byte @Nullable [] fragments;
    private int cursorFrom = -1; // in the last message of this read; -1: none has one

    /// @param readyName the type of the message after which nothing is missed; none: the response's head
    WebSocketSession(Place place, Receipts receipts, Requests requests, Optional<byte[]> readyName) {
        super(place, receipts);
        this.requests = requests;
        this.readyName = readyName.map(name -> Bytes.of(new String(name, StandardCharsets.UTF_8) + "\""));
        var random = new byte[16];
        ThreadLocalRandom.current().nextBytes(random);
        nonce = Base64.getEncoder().encodeToString(random);
    }

    @Override
    byte[] requestBytes() {
        return requests.webSocket(number(), nonce, cursor());
    }

    @Override
    void begin(ResponseHead head) throws IOException {
        if (head.status() != 101) {
            throw new IOException("HTTP " + head.status());
        }
        if (!head.accept().equals(accept(nonce))) {
            throw new IOException("Sec-WebSocket-Accept does not fit the key");
        }
        fragments = null; // of an earlier connection
        if (readyName.isEmpty()) {
            becomeReady();
        }
    }

    /// One frame.
    @Override
    boolean message(Input in) throws IOException {
        if (in.length() < 2) {
            return false;
        }
        var data = in.data();
        int at = in.at();
        int first = data[at] & 0xff;
        int second = data[at + 1] & 0xff;
        int lengthBytes = second == 127 ? 8 : second == 126 ? 2 : 0;
        if ((first & 0x70) != 0 || second > 127) {
            throw new IOException("a frame that is masked or of an unknown extension");
        }
        if (in.length() < 2 + lengthBytes) {
            return false;
        }
        long length = lengthBytes == 0 ? second : number(data, at + 2, lengthBytes);
        int from = at + 2 + lengthBytes;
        if (length < 0 || in.end() - from < length) {
            return false;
        }
        int to = from + (int) length;
        frame(in, (first & 0x80) != 0, first & 0x0f, from, to);
        in.skip(to - at);
        return true;
    }

    @Override
    void taken(Input in) {
        if (cursorFrom >= 0) {
            cursor(in.data(), cursorFrom, Bytes.find(in.data(), cursorFrom, in.end(), QUOTE));
            cursorFrom = -1;
        }
    }

    @Override
    void closed() throws IOException {
        throw new IOException("the connection ended without a close");
    }

    private void frame(Input in, boolean last, int opcode, int from, int to) throws IOException {
        switch (opcode) {
            case TEXT, BINARY, CONTINUATION -> {
                if ((opcode == CONTINUATION) != (fragments != null)) {
                    throw new IOException("a message begins within another, or none goes on");
                }
                if (opcode != CONTINUATION && last) {
                    int cursorAt = text(in, in.data(), from, to);
                    cursorFrom = cursorAt < 0 ? cursorFrom : cursorAt;
                } else {
                    fragment(in, last, from, to);
                }
            }
            case PING -> send(Masking.frame(Masking.PONG, in.data(), from, to));
            case PONG -> {}
            case CLOSE -> {
                send(Masking.frame(Masking.CLOSE, in.data(), from, Math.min(to, from + 2)));
                throw new IOException("closed" + (to - from < 2 ? "" : " with " + number(in.data(), from, 2)));
            }
            default -> throw new IOException("a frame of the unknown opcode " + opcode);
        }
    }

    private void fragment(Input in, boolean last, int from, int to) {
        var before = fragments == null ? new byte[0] : fragments;
        var joined = Arrays.copyOf(before, before.length + to - from);
        System.arraycopy(in.data(), from, joined, before.length, to - from);
        fragments = last ? null : joined;
        if (last) {
            int cursorAt = text(in, joined, 0, joined.length);
            if (cursorAt >= 0) {
                cursor(joined, cursorAt, Bytes.find(joined, cursorAt, joined.length, QUOTE));
                cursorFrom = -1;
            }
        }
    }

    /// Takes a message, and returns where its cursor begins; -1: it has none.
    private int text(Input in, byte[] data, int from, int to) {
        int cursor = -1;
        if (Bytes.startsWith(data, from, to, TYPE)) {
            int name = from + TYPE.length;
            cursor = cursorAt(data, name, to);
            if (readyName.isPresent() && Bytes.startsWith(data, name, to, readyName.get())) {
                becomeReady();
                return cursor;
            } else if (Bytes.startsWith(data, name, to, GAP)) {
                receipts().tally().reportedGaps++;
                return cursor;
            } else if (Bytes.startsWith(data, name, to, CURSOR)) {
                return cursor;
            }
        }
        receipts().event(this, data, from, to, in.micros());
        return cursor;
    }

    /// The cursor is the member behind the type: `id` of an event, `cursor` of anything else.
    private static int cursorAt(byte[] data, int name, int to) {
        if (Bytes.startsWith(data, name, to, EVENT_ID)) {
            return name + EVENT_ID.length;
        }
        int found = Bytes.find(data, name, Math.min(to, name + NAME_MAX), NOTICE_CURSOR);
        return found < 0 ? -1 : found + NOTICE_CURSOR.length;
    }

    private static long number(byte[] data, int from, int count) {
        long number = 0;
        for (int i = 0; i < count; i++) {
            number = (number << 8) | (data[from + i] & 0xff);
        }
        return number;
    }

    private static String accept(String nonce) {
        try {
            var digest = MessageDigest.getInstance("SHA-1")
                    .digest((nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
