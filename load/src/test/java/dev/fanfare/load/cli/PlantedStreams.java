package dev.fanfare.load.cli;

import static dev.fanfare.load.cli.PlantedServer.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// One client of the [PlantedServer], over each transport.
record PlantedStreams(Feed feed, PlantedServer.Pieces pieces, Manner manner) {
    static final String MODIFIED = "Thu, 26 Nov 2026 04:00:00 GMT";

    private static final long FOREVER = 60_000;

    void sse(int start) throws IOException, InterruptedException {
        boolean chunked = manner == Manner.FRAGMENTED;
        pieces.head("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"));
        sseBlock(": a comment\n\nid: " + cursor(start) + "\nevent: ready\ndata: {\"type\":\"ready\"}\n\n", chunked);
        int index = start;
        for (var item = feed.await(index, FOREVER); item.isPresent(); item = feed.await(++index, FOREVER)) {
            var data = item.get().data();
            if (manner == Manner.UNUSUAL) { // the data over two lines, split behind a comma
                int comma = data.indexOf(',') + 1;
                data = data.substring(0, comma) + "\r\ndata:" + data.substring(comma);
            }
            switch (item.get().kind()) {
                case EVENT -> {
                    var block = "id: %s\ndata: %s\n\n".formatted(cursor(index + 1), data);
                    sseBlock(manner == Manner.UNUSUAL ? block.replaceAll("(?<!\r)\n", "\r\n") : block, chunked);
                }
                case GAP -> sseBlock("event: gap\ndata: {\"type\":\"gap\",\"reason\":\"retention\"}\n\n", chunked);
                case PASSED -> {}
                case DROP -> {
                    feed.pass(index);
                    return;
                }
            }
        }
    }

    private String cursor(int index) {
        return feed.number() + "-" + index;
    }

    private void sseBlock(String block, boolean chunked) throws IOException {
        if (!chunked) {
            pieces.message(bytes(block));
            return;
        }
        int half = block.length() / 2; // two chunks, cut anywhere in the block
        for (var part : new String[] {block.substring(0, half), block.substring(half)}) {
            pieces.message(bytes("%x;ext=1\r\n%s\r\n".formatted(part.length(), part)));
        }
    }

    void webSocket(InputStream in, String key, int start) throws IOException, InterruptedException {
        pieces.head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "sec-websocket-accept: " + accept(key) + "\r\n\r\n");
        pieces.message(frame(0x81, "{\"type\":\"ready\",\"cursor\":\"" + cursor(start) + "\"}"));
        int index = start;
        for (var item = feed.await(index, FOREVER); item.isPresent(); item = feed.await(++index, FOREVER)) {
            var data = item.get().data();
            switch (item.get().kind()) {
                case EVENT -> {
                    var message = "{\"type\":\"event\",\"id\":\"%s\",\"channel\":\"c\",\"data\":%s}"
                            .formatted(cursor(index + 1), data);
                    if (manner == Manner.FRAGMENTED) {
                        fragments(in, message, index);
                    } else {
                        pieces.message(frame(0x81, message));
                    }
                }
                case GAP -> pieces.message(frame(0x81, "{\"type\":\"gap\",\"reason\":\"retention\"}"));
                case PASSED -> {}
                case DROP -> {
                    feed.pass(index);
                    pieces.message(frame(0x88, "\u0003ô".getBytes(StandardCharsets.ISO_8859_1)));
                    expect(in, 8, bytes("\u0003"));
                    return;
                }
            }
        }
    }

    /// Three frames, a ping between them, and no further before its pong has come.
    private void fragments(InputStream in, String message, int index) throws IOException {
        int third = message.length() / 3;
        pieces.message(frame(0x01, message.substring(0, third)));
        pieces.message(frame(0x89, "p" + index));
        expect(in, 10, bytes("p" + index));
        pieces.message(frame(0x00, message.substring(third, 2 * third)));
        pieces.message(frame(0x80, message.substring(2 * third)));
    }

    private static void expect(InputStream in, int opcode, byte[] payload) throws IOException {
        var head = in.readNBytes(6);
        var masked = in.readNBytes(head[1] & 0x7f);
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= head[2 + i % 4];
        }
        if ((head[0] & 0xff) != (0x80 | opcode)
                || head[1] >= 0
                || !Arrays.equals(masked, 0, Math.min(masked.length, payload.length), payload, 0, payload.length)) {
            throw new IOException("not the frame of opcode " + opcode + " that was expected");
        }
    }

    private byte[] frame(int first, String text) {
        return frame(first, bytes(text));
    }

    private byte[] frame(int first, byte[] payload) {
        var frame = ByteBuffer.allocate(10 + payload.length).put((byte) first);
        if (manner == Manner.UNUSUAL) {
            frame.put((byte) 127).putLong(payload.length);
        } else if (payload.length > 125) {
            frame.put((byte) 126).putShort((short) payload.length);
        } else {
            frame.put((byte) payload.length);
        }
        frame.put(payload).flip();
        var bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest(bytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// All that is there from the index on. False: the connection ends.
    boolean poll(int index, long millis) throws IOException, InterruptedException {
        int next = index;
        var events = new StringBuilder();
        var gaps = new StringBuilder();
        for (var item = feed.await(next, millis); item.isPresent(); item = feed.await(next, 0)) {
            switch (item.get().kind()) {
                case EVENT ->
                    events.append(events.isEmpty() ? "" : ",")
                            .append("{\"id\":\"%d\",\"channel\":\"c\",\"data\":".formatted(next))
                            .append(item.get().data())
                            .append('}');
                case GAP -> gaps.append("{\"type\":\"gap\",\"reason\":\"retention\"}");
                case PASSED -> {}
                case DROP -> {
                    feed.pass(next);
                    return false;
                }
            }
            next++;
        }
        var noted = gaps.isEmpty() ? "" : ",\"gaps\":[" + gaps + "]";
        var body = "{\"events\":[%s]%s,\"cursor\":\"%d-%d\"}\n".formatted(events, noted, feed.number(), next);
        boolean ends = manner == Manner.FRAGMENTED;
        var head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + (ends ? "Connection: close\r\n" : "");
        head += "Last-Modified: %s\r\nETag: %d-%d\r\n".formatted(MODIFIED, feed.number(), next);
        if (ends) {
            pieces.message(bytes(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body)));
        } else {
            pieces.message(bytes(head + "Content-Length: " + body.length() + "\r\n\r\n" + body));
        }
        return !ends;
    }

    private static String chunks(String body) {
        var out = new ByteArrayOutputStream();
        for (int from = 0; from < body.length(); from += 7) {
            var part = body.substring(from, Math.min(body.length(), from + 7));
            out.writeBytes(bytes("%x\r\n%s\r\n".formatted(part.length(), part)));
        }
        out.writeBytes(bytes("0\r\nTrailer: 1\r\n\r\n"));
        return out.toString(StandardCharsets.UTF_8);
    }
}
