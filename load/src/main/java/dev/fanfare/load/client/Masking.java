package dev.fanfare.load.client;

import java.util.concurrent.ThreadLocalRandom;

/// Frames as a WebSocket client sends them: whole, masked (RFC 6455 §5.3), of at most 125 bytes for control frames.
final class Masking {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PONG = 10;

    private Masking() {}

    static byte[] frame(int opcode, byte[] data, int from, int to) {
        int length = Math.min(to - from, 125);
        var frame = new byte[6 + length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (0x80 | length);
        int key = ThreadLocalRandom.current().nextInt();
        for (int i = 0; i < 4; i++) {
            frame[2 + i] = (byte) (key >>> (24 - 8 * i));
        }
        for (int i = 0; i < length; i++) {
            frame[6 + i] = (byte) (data[from + i] ^ frame[2 + i % 4]);
        }
        return frame;
    }
}
