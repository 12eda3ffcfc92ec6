package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 8100",
        "1, 8101",
        "125, 817d",
        "126, 817e007e",
        "127, 817e007f",
        "65535, 817effff",
        "65536, 817f0000000000010000",
        "16909060, 817f0000000001020304"
    })
    void writesTheShortestLength(int length, String header) {
        var payload = new byte[length];
        Arrays.fill(payload, (byte) 'x');
        var frame = Frames.text(payload);
        var headerBytes = java.util.HexFormat.of().parseHex(header);
        assertThat(Arrays.copyOf(frame, headerBytes.length)).isEqualTo(headerBytes);
        assertThat(Arrays.copyOfRange(frame, headerBytes.length, frame.length)).isEqualTo(payload);
    }

    @Test
    void joinsPieces() {
        assertThat(Frames.text(RawClient.utf8("He"), new byte[0], RawClient.utf8("llo")))
                .isEqualTo(Frames.text(RawClient.utf8("Hello")));
        assertThat(Frames.text()).isEqualTo(new byte[] {(byte) 0x81, 0});
    }

    @Test
    void compressesWhatGetsShorter() {
        var message = RawClient.utf8("{\"type\":\"event\"} ".repeat(100));
        var frame = Frames.deflatedText(message);
        assertThat(frame.length).isLessThan(message.length / 4);
        assertThat(frame[0] & 0xFF).isEqualTo(0xC1);
        assertThat(RawClient.inflate(Arrays.copyOfRange(frame, 2, frame.length)))
                .isEqualTo(message);
    }

    @Test
    void compressesPiecesAsOneMessage() {
        var all = RawClient.utf8("abcabcabc".repeat(50));
        var frame = Frames.deflatedBinary(Arrays.copyOf(all, 7), Arrays.copyOfRange(all, 7, all.length), new byte[0]);
        assertThat(frame[0] & 0xFF).isEqualTo(0xC2);
        assertThat(RawClient.inflate(Arrays.copyOfRange(frame, 2, frame.length)))
                .isEqualTo(all);
    }

    @Test
    void compressesMessagesOfAllLengths() {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("FramesTest seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 300; i++) {
            var message = new byte[random.nextInt(1, 3000)];
            var alphabet = random.nextInt(1, 256);
            for (var j = 0; j < message.length; j++) {
                message[j] = (byte) random.nextInt(alphabet);
            }
            var frame = Frames.deflatedBinary(message);
            var header = (frame[1] & 0x7F) < 126 ? 2 : 4;
            var payload = Arrays.copyOfRange(frame, header, frame.length);
            assertThat((frame[0] & 0x40) != 0 ? RawClient.inflate(payload) : payload)
                    .isEqualTo(message);
            assertThat(frame.length).isLessThanOrEqualTo(Frames.binary(message).length);
        }
    }

    @Test
    void leavesAsItIsWhatDoesNotGetShorter() {
        var noise = new byte[5000];
        new Random(7).nextBytes(noise);
        assertThat(Frames.deflatedBinary(noise)).isEqualTo(Frames.binary(noise));
        assertThat(Frames.deflatedText(RawClient.utf8("Hello"))).isEqualTo(Frames.text(RawClient.utf8("Hello")));
        assertThat(Frames.deflatedText(new byte[0])).isEqualTo(Frames.text(new byte[0]));
    }

    @Test
    void writesPingsAndPongs() {
        assertThat(Frames.ping(RawClient.utf8("a"))).containsExactly(0x89, 1, 'a');
        assertThat(Frames.pong(new byte[0])).containsExactly(0x8A, 0);
        assertThat(Frames.ping(new byte[125])).hasSize(127);
        assertThatThrownBy(() -> Frames.ping(new byte[126]))
                .hasMessageContaining("126")
                .hasMessageContaining("125");
        assertThatThrownBy(() -> Frames.pong(new byte[126])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesCloses() {
        assertThat(Frames.close()).containsExactly(0x88, 0);
        assertThat(Frames.close(1000, "")).containsExactly(0x88, 2, 0x03, 0xE8);
        assertThat(Frames.close(4999, "no")).containsExactly(0x88, 4, 0x13, 0x87, 'n', 'o');
    }

    @Test
    void cutsALongReasonAtACharacter() {
        assertThat(Frames.close(1000, "x".repeat(500))).hasSize(127);
        var cut = Frames.close(1000, "x" + "é".repeat(100));
        assertThat(new String(cut, 4, cut.length - 4, StandardCharsets.UTF_8)).isEqualTo("x" + "é".repeat(61));
        var cutAtFour = Frames.close(1000, "xx" + "🙂".repeat(100));
        assertThat(new String(cutAtFour, 4, cutAtFour.length - 4, StandardCharsets.UTF_8))
                .isEqualTo("xx" + "🙂".repeat(30));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000})
    void sendsNoForbiddenCode(int code) {
        assertThatThrownBy(() -> Frames.close(code, "")).hasMessageContaining(Integer.toString(code));
    }
}
