package dev.fanfare.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import dev.fanfare.events.Cursor.TopicPosition;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CursorTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void isWrittenAsTheFormatSays() throws BadCursorException {
        var cursor = new Cursor(
                1000,
                List.of(
                        new TopicPosition(0x01020304, 0x05060708, new long[] {300, 0}, new int[] {-1, 5}),
                        new TopicPosition(0xF1020304, 0, new long[0], new int[0])));
        String token = token("01 e807 01020304 05060708 02 ac02 00 00 06 f1020304 00000000 00");
        assertThat(cursor.encode()).isEqualTo(token);
        assertThat(Cursor.decode(token)).isEqualTo(cursor);
    }

    @Test
    void isReadBackAsItWasWritten() throws BadCursorException {
        Random random = Seeded.random("isReadBackAsItWasWritten");
        for (int round = 0; round < Seeded.rounds(5_000); round++) {
            Cursor cursor = cursor(random);
            String token = cursor.encode();
            assertThat(token).matches("[A-Za-z0-9_-]+");
            assertThat(Cursor.decode(token)).isEqualTo(cursor);
            assertThat(Cursor.decode(token).encode()).isEqualTo(token);
        }
    }

    @Test
    void hasOneTokenForOneCursorWhateverIsDoneToIt() {
        Random random = Seeded.random("hasOneTokenForOneCursorWhateverIsDoneToIt");
        int refused = 0;
        for (int round = 0; round < Seeded.rounds(50_000); round++) {
            String token = mutate(cursor(random).encode(), random);
            try {
                assertThat(Cursor.decode(token).encode()).isEqualTo(token);
            } catch (BadCursorException bad) {
                assertThat(bad.getMessage()).hasSizeLessThan(300);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void readsNoiseAsABadCursorOnly() {
        Random random = Seeded.random("readsNoiseAsABadCursorOnly");
        for (int round = 0; round < Seeded.rounds(50_000); round++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 0 && random.nextInt(4) > 0) {
                noise[0] = 1;
            }
            String token = Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
            try {
                assertThat(Cursor.decode(token).encode()).isEqualTo(token);
            } catch (BadCursorException expected) {
                assertThat(expected.getMessage()).startsWith("cursor '");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            another version               | 00 00                                        | version
            another version               | 02 00                                        | version
            no timestamp                  | 01                                           | cut short
            unfinished timestamp          | 01 80                                        | cut short
            long zero                     | 01 8000                                      | shortest form
            long one                      | 01 8100                                      | shortest form
            timestamp of 64 bits          | 01 ffffffffffffffffff01                      | out of range
            endless timestamp             | 01 ffffffffffffffffffffffffffff              | out of range
            trailing byte                 | 01 00 01020304 00000000 01 00 00 00          | cut short
            half a name                   | 01 00 0102                                   | cut short
            no count                      | 01 00 01020304 00000000                      | cut short
            more partitions than bytes    | 01 00 01020304 00000000 03 00 00             | out of range
            513 partitions                | 01 00 01020304 00000000 8104                 | out of range
            two billion partitions        | 01 00 01020304 00000000 ffffffff07 00 00     | out of range
            long count                    | 01 00 01020304 00000000 8100 00 00           | shortest form
            offset of 64 bits             | 01 00 01020304 00000000 01 ffffffffffffffffff01 00 | out of range
            epoch above int               | 01 00 01020304 00000000 01 00 8180808008     | out of range
            unfinished epoch              | 01 00 01020304 00000000 01 00 80             | cut short
            unsorted                      | 01 00 02020304 00000000 00 01020304 00000000 00 | out of order
            sorted as if signed           | 01 00 f2020304 00000000 00 01020304 00000000 00 | out of order
            twice                         | 01 00 01020304 00000000 00 01020304 00000001 00 | or twice
            """)
    void refusesWhatNoGatewayWrites(String what, String hex, String fault) {
        assertThatExceptionOfType(BadCursorException.class)
                .as(what)
                .isThrownBy(() -> Cursor.decode(token(hex)))
                .withMessageContaining(fault)
                .withMessageContaining("send one exactly as it was received, or none")
                .withNoCause();
    }

    @Test
    void takesTheLargestNumbers() throws BadCursorException {
        var cursor = new Cursor(
                Long.MAX_VALUE,
                List.of(new TopicPosition(-1, -1, new long[] {Long.MAX_VALUE}, new int[] {Integer.MAX_VALUE})));
        assertThat(Cursor.decode(cursor.encode())).isEqualTo(cursor);
    }

    @Test
    void refusesTextThatIsNotItsOneBase64() {
        String good = token("01 00"); // AQA: two bytes leave two bits of the third character unused
        assertThat(good).isEqualTo("AQA");
        for (String token :
                List.of("", "A", "AQB", "AQA=", "AQ==", "AQA\n", " AQA", "AQ+/", "AQé", "AQ\u4141", "AQA.")) {
            assertThatExceptionOfType(BadCursorException.class).as(token).isThrownBy(() -> Cursor.decode(token));
        }
        assertThatExceptionOfType(BadCursorException.class)
                .isThrownBy(() -> Cursor.decode("A".repeat(4097)))
                .withMessageContaining("has 4097 characters, not 1 to 4096");
    }

    @Test
    void refusesMoreTopicsOrPartitionsThanItHolds() {
        var hex = new StringBuilder("01 00");
        for (int topic = 0; topic < 65; topic++) {
            hex.append("%08x 00000000 00".formatted(topic));
        }
        assertThatExceptionOfType(BadCursorException.class)
                .isThrownBy(() -> Cursor.decode(token(hex.toString())))
                .withMessageContaining("more than 64 topics");
        String split = "00000001 00000000 8002" + "0000".repeat(256) + "00000002 00000000 8102" + "0000".repeat(257);
        assertThatExceptionOfType(BadCursorException.class)
                .isThrownBy(() -> Cursor.decode(token("01 00" + split)))
                .withMessageContaining("out of range");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor(0, List.of(topic(1, 256), topic(2, 257))))
                .withMessageContaining("2 topics with 513 partitions: a cursor holds at most 64 with 512");
    }

    @Test
    void sortsItsTopicsAndRefusesTwoWithOneName() {
        assertThat(new Cursor(0, List.of(topic(-1, 1), topic(1, 2))))
                .isEqualTo(new Cursor(0, List.of(topic(1, 2), topic(-1, 1))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor(0, List.of(topic(1, 1), topic(2, 1), topic(1, 1))))
                .withMessageContaining("two topics have the name hash 00000001");
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(-1, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new TopicPosition(1, 1, new long[] {-1}, new int[] {0}));
        assertThatIllegalArgumentException().isThrownBy(() -> new TopicPosition(1, 1, new long[] {0}, new int[] {-2}));
        assertThatIllegalArgumentException().isThrownBy(() -> new TopicPosition(1, 1, new long[1], new int[2]));
    }

    @Test
    void saysSoWhenItWouldNotFitAHeader() {
        long[] offsets = new long[512];
        Arrays.fill(offsets, Long.MAX_VALUE);
        var cursor = new Cursor(0, List.of(new TopicPosition(1, 1, offsets, new int[512])));
        assertThatIllegalStateException().isThrownBy(cursor::encode).withMessageContaining("more than 4096");
    }

    @Test
    void holdsAFullComplementOfBusyPartitions() throws BadCursorException {
        long[] offsets = new long[512];
        Arrays.fill(offsets, (1L << 28) - 1);
        var cursor = new Cursor(1_800_000_000_000L, List.of(new TopicPosition(1, 1, offsets, new int[512])));
        assertThat(Cursor.decode(cursor.encode())).isEqualTo(cursor);
    }

    @Test
    void writesWithOneArrayAndOneString() {
        Cursor cursor = new Cursor(1_800_000_000_000L, List.of(topic(1, 60), topic(2, 60)));
        int length = cursor.encode().length();
        long most = 2L * (length + 16 + 8) + 24 + 8;
        long least = Long.MAX_VALUE;
        int written = 0;
        for (int round = 0; round < 50; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            written += cursor.encode().length();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(written).isEqualTo(50 * length);
        assertThat(least).as("the array, and the string with its own").isBetween((long) length, most);
    }

    @Test
    void allocatesLittleForHostileTokens() {
        Random random = Seeded.random("allocatesLittleForHostileTokens");
        for (int round = 0; round < 500; round++) {
            byte[] noise = new byte[3072];
            random.nextBytes(noise);
            noise[0] = 1;
            noise[1] = 0;
            String token = Base64.getUrlEncoder().encodeToString(noise);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                Cursor.decode(token);
            } catch (BadCursorException expected) {
                // what counts is what it cost
            }
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000);
        }
    }

    @Test
    void hashesNamesAndIdsAsOnEveryNode() {
        assertThat(Cursor.nameHash("123456789")).as("CRC-32C's check value").isEqualTo(0xE3069283);
        assertThat(Cursor.idHash(Uuid.ZERO_UUID)).isZero();
        assertThat(Cursor.idHash(new Uuid(1, 2))).isEqualTo(33);
        assertThat(Cursor.idHash(new Uuid(1, -31))).as("folds to 0").isEqualTo(1);
        for (int i = 0; i < 1000; i++) {
            assertThat(Cursor.idHash(Uuid.randomUuid())).isNotZero();
        }
    }

    private static TopicPosition topic(int nameHash, int partitions) {
        return new TopicPosition(nameHash, 7, new long[partitions], new int[partitions]);
    }

    private static Cursor cursor(Random random) {
        var topics = new ArrayList<TopicPosition>();
        int count = random.nextInt(5);
        for (int t = 0; t < count; t++) {
            int n = random.nextInt(random.nextInt(10) == 0 ? 60 : 5);
            long[] offsets = new long[n];
            int[] epochs = new int[n];
            for (int p = 0; p < n; p++) {
                offsets[p] = random.nextLong() >>> (1 + random.nextInt(63));
                epochs[p] = (random.nextInt() >>> (1 + random.nextInt(31))) - random.nextInt(2);
                epochs[p] = Math.max(-1, epochs[p]);
            }
            topics.add(new TopicPosition(random.nextInt() << 3 | t, random.nextInt(), offsets, epochs));
        }
        return new Cursor(random.nextLong() >>> (1 + random.nextInt(63)), topics);
    }

    private static String mutate(String token, Random random) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .";
        var text = new StringBuilder(token);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, c);
                case 1 -> text.setLength(at);
                case 2 -> text.append(token);
                default -> {
                    if (at < text.length()) {
                        text.setCharAt(at, c);
                    }
                }
            }
        }
        return text.toString();
    }

    private static String token(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
