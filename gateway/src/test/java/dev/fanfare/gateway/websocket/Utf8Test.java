package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.glassfish.tyrus.core.Utf8DecodingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random bytes, as a text message in random fragments: accepted if and only if the JDK's strict decoder accepts
/// them.
class Utf8Test {
    private static final int MESSAGES = 20_000;

    @Test
    void acceptsWhatTheJdkAcceptsAndNothingElse() {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("Utf8Test seed " + seed);
        var random = new Random(seed);
        var valid = 0;
        for (var i = 0; i < MESSAGES; i++) {
            var message = message(random);
            var expected = decoded(message);
            valid += expected == null ? 0 : 1;
            assertThat(received(message, random))
                    .as(
                            "message %d of seed %d: %s",
                            i, seed, java.util.HexFormat.of().formatHex(message))
                    .isEqualTo(expected);
        }
        assertThat(valid).isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }

    private static byte[] message(Random random) {
        var message = new ByteArrayOutputStream();
        for (var n = random.nextInt(8); n > 0; n--) {
            message.writeBytes(Character.toString(random.nextInt(0xD800)).getBytes(StandardCharsets.UTF_8));
            message.writeBytes(
                    Character.toString(random.nextInt(0x10000, 0x110000)).getBytes(StandardCharsets.UTF_8));
        }
        var bytes = message.toByteArray();
        for (var faults = bytes.length == 0 ? 0 : random.nextInt(3); faults > 0; faults--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException invalid) {
            return null;
        }
    }

    private static @Nullable String received(byte[] message, Random random) {
        var texts = new ArrayList<String>();
        var frames = new ByteArrayOutputStream();
        var at = 0;
        var opcode = RawClient.TEXT;
        do {
            var length = Math.min(message.length - at, random.nextInt(6));
            var fragment = java.util.Arrays.copyOfRange(message, at, at + length);
            at += length;
            frames.writeBytes(RawClient.frame((at == message.length ? 0x80 : 0) | opcode, fragment));
            opcode = RawClient.CONTINUATION;
        } while (at < message.length);
        try (var inbound = Inbound.of(EchoServer.MESSAGE_MAX, false, new Texts(texts))) {
            inbound.read(BufferData.create(frames.toByteArray()));
            return texts.getFirst();
        } catch (Utf8DecodingException invalid) {
            return null;
        }
    }

    private record Texts(List<String> texts) implements Inbound.Sink {
        @Override
        public void text(String message) {
            texts.add(message);
        }

        @Override
        public void binary(byte[] message) {
            throw new AssertionError("binary");
        }

        @Override
        public void ping(byte[] payload) {
            throw new AssertionError("ping");
        }

        @Override
        public void pong(byte[] payload) {
            throw new AssertionError("pong");
        }

        @Override
        public void close(int code, String reason) {
            throw new AssertionError("close");
        }
    }
}
