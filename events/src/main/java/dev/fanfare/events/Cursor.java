package dev.fanfare.events;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Where a session stands in the feed: for each topic the offset of the next record of each partition. Clients see
/// it
/// as an opaque, URL-safe token, and any node can go on from it. Immutable by convention: the arrays are not
/// copied.
///
/// ```
/// version | T | per topic: nameHash, idHash, n, n × (nextOffset, leaderEpoch + 1)
/// ```
///
/// Version is the byte 1; the hashes are 4 bytes each, big-endian; the others are unsigned LEB128 varints in their
/// shortest form. Topics ascend by name hash, unsigned. All of it is base64url without padding, so that a cursor
/// has exactly one token and a token at most one cursor.
///
/// @param timestampMillis T, ms since 1970, at least 0
/// @param topics sorted by this constructor; no two with the same name hash
public record Cursor(long timestampMillis, List<TopicPosition> topics) {
    /// Characters of a token.
    public static final int LENGTH_MAX = 4096;

    public static final int TOPICS_MAX = 64;

    /// Of all topics together.
    public static final int PARTITIONS_MAX = 512;

    private static final int VERSION = 1;
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);

    /// Where a session stands in one topic.
    ///
    /// @param nameHash see [Cursor#nameHash]
    /// @param idHash see [Cursor#idHash]; 0 if the topic was not there
    /// @param nextOffsets by partition, at least 0
    /// @param leaderEpochs by partition, of the record before; -1 = unknown
    @SuppressWarnings("ArrayRecordComponent") // made anew for each event of the feed; equality is by content
    public record TopicPosition(int nameHash, int idHash, long[] nextOffsets, int[] leaderEpochs) {
        /// Checks the numbers.
        ///
        /// @throws IllegalArgumentException if the arrays differ in length or hold a number below their least
        public TopicPosition {
            if (nextOffsets.length != leaderEpochs.length) {
                throw new IllegalArgumentException(
                        "%d offsets but %d leader epochs".formatted(nextOffsets.length, leaderEpochs.length));
            }
            for (int p = 0; p < nextOffsets.length; p++) {
                if (nextOffsets[p] < 0 || leaderEpochs[p] < -1) {
                    throw new IllegalArgumentException("partition %d: offset %d or leader epoch %d is negative"
                            .formatted(p, nextOffsets[p], leaderEpochs[p]));
                }
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof TopicPosition that
                    && nameHash == that.nameHash
                    && idHash == that.idHash
                    && Arrays.equals(nextOffsets, that.nextOffsets)
                    && Arrays.equals(leaderEpochs, that.leaderEpochs);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * nameHash + idHash) + Arrays.hashCode(nextOffsets);
        }

        @Override
        public String toString() {
            return "%08x/%08x%s@%s"
                    .formatted(nameHash, idHash, Arrays.toString(nextOffsets), Arrays.toString(leaderEpochs));
        }
    }

    /// Sorts the topics and checks the bounds.
    ///
    /// @throws IllegalArgumentException beyond the bounds, or if two topics have the same name hash
    public Cursor {
        if (timestampMillis < 0) {
            throw new IllegalArgumentException("timestamp %d is negative".formatted(timestampMillis));
        }
        topics = ascending(topics);
        int partitions = 0;
        for (int t = 0; t < topics.size(); t++) {
            partitions += topics.get(t).nextOffsets().length;
            if (t > 0 && topics.get(t).nameHash() == topics.get(t - 1).nameHash()) {
                throw new IllegalArgumentException("two topics have the name hash %08x: leave one of them out"
                        .formatted(topics.get(t).nameHash()));
            }
        }
        if (topics.size() > TOPICS_MAX || partitions > PARTITIONS_MAX) {
            throw new IllegalArgumentException("%d topics with %d partitions: a cursor holds at most %d with %d"
                    .formatted(topics.size(), partitions, TOPICS_MAX, PARTITIONS_MAX));
        }
    }

    /// The token. Written once per event: one array and one string are all that it makes.
    ///
    /// @throws IllegalStateException if it would be longer than [#LENGTH_MAX], which takes over 400
    /// partitions with offsets in the tens of billions
    public String encode() {
        int size = size();
        int length = (size * 4 + 2) / 3;
        if (length > LENGTH_MAX) {
            throw new IllegalStateException(
                    "the cursor has %d characters, more than %d: route fewer partitions".formatted(length, LENGTH_MAX));
        }
        // the bytes stand at the end of the array and are overtaken, from its start, by their own base64
        byte[] out = new byte[length];
        int at = length - size;
        out[at++] = VERSION;
        at = putVarint(out, at, timestampMillis);
        for (int t = 0; t < topics.size(); t++) {
            TopicPosition topic = topics.get(t);
            at = putInt(out, at, topic.nameHash);
            at = putInt(out, at, topic.idHash);
            at = putVarint(out, at, topic.nextOffsets.length);
            for (int p = 0; p < topic.nextOffsets.length; p++) {
                at = putVarint(out, at, topic.nextOffsets[p]);
                at = putVarint(out, at, topic.leaderEpochs[p] + 1L);
            }
        }
        base64(out, length - size);
        return new String(out, StandardCharsets.ISO_8859_1);
    }

    /// Reads a token.
    ///
    /// @throws BadCursorException for any text that [#encode] does not make
    public static Cursor decode(String token) throws BadCursorException {
        if (token.isEmpty() || token.length() > LENGTH_MAX) {
            throw bad(token, "has %d characters, not 1 to %d".formatted(token.length(), LENGTH_MAX));
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException notBase64) {
            throw bad(token, "is not base64url");
        }
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(token)) {
            throw bad(token, "is not base64url in its one canonical form without padding");
        }
        return new Reader(token, bytes).cursor();
    }

    /// CRC-32C of the name in UTF-8: names of one length that differ in four neighbouring bytes at most never
    /// collide.
    public static int nameHash(String topic) {
        var crc = new CRC32C();
        crc.update(topic.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    /// The topic id folded to 32 bits; 0 only for [Uuid#ZERO_UUID], which stands for a topic that is not there.
    public static int idHash(Uuid id) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return 0;
        }
        long bits = id.getMostSignificantBits() * 31 + id.getLeastSignificantBits();
        int hash = (int) (bits ^ bits >>> 32);
        return hash == 0 ? 1 : hash;
    }

    private static List<TopicPosition> ascending(List<TopicPosition> topics) {
        for (int t = 1; t < topics.size(); t++) {
            if (Integer.compareUnsigned(
                            topics.get(t - 1).nameHash(), topics.get(t).nameHash())
                    > 0) {
                var sorted = new ArrayList<>(topics);
                sorted.sort(Comparator.comparingLong(topic -> Integer.toUnsignedLong(topic.nameHash())));
                return List.copyOf(sorted);
            }
        }
        return List.copyOf(topics);
    }

    private int size() {
        int size = 1 + varintSize(timestampMillis);
        for (int t = 0; t < topics.size(); t++) {
            TopicPosition topic = topics.get(t);
            size += 8 + varintSize(topic.nextOffsets.length);
            for (int p = 0; p < topic.nextOffsets.length; p++) {
                size += varintSize(topic.nextOffsets[p]) + varintSize(topic.leaderEpochs[p] + 1L);
            }
        }
        return size;
    }

    private static int varintSize(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    private static int putVarint(byte[] out, int at, long value) {
        long rest = value;
        int i = at;
        while (rest >= 0x80) {
            out[i++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[i++] = (byte) rest;
        return i;
    }

    private static int putInt(byte[] out, int at, int value) {
        for (int i = 0; i < 4; i++) {
            out[at + i] = (byte) (value >>> (24 - 8 * i));
        }
        return at + 4;
    }

    /// Turns the bytes that end the array into base64url that fills it, from the front.
    private static void base64(byte[] out, int from) {
        int to = 0;
        for (int in = from; in < out.length; in += 3) {
            int left = Math.min(3, out.length - in);
            int bits = (out[in] & 0xFF) << 16
                    | (left > 1 ? (out[in + 1] & 0xFF) << 8 : 0)
                    | (left > 2 ? out[in + 2] & 0xFF : 0);
            for (int i = 0; i <= left; i++) {
                out[to++] = ALPHABET[bits >>> (18 - 6 * i) & 63];
            }
        }
    }

    private static BadCursorException bad(String token, String fault) {
        return new BadCursorException("cursor " + Quoted.of(token) + " " + fault
                + ": send one exactly as it was received, or none to start with new events");
    }

    /// Reads a token's bytes once, front to back; nothing is allocated that the bytes at hand could not fill.
    private static final class Reader {
        private final String token;
        private final byte[] bytes;
        private int at;

        Reader(String token, byte[] bytes) {
            this.token = token;
            this.bytes = bytes;
        }

        Cursor cursor() throws BadCursorException {
            if (octet() != VERSION) {
                throw bad(token, "is of another version");
            }
            long timestamp = varint(Long.MAX_VALUE);
            var topics = new ArrayList<TopicPosition>();
            int partitions = 0;
            while (at < bytes.length) {
                TopicPosition topic = topic(PARTITIONS_MAX - partitions);
                if (!topics.isEmpty()
                        && Integer.compareUnsigned(topics.getLast().nameHash(), topic.nameHash()) >= 0) {
                    throw bad(token, "has its topics out of order or twice");
                }
                if (topics.size() == TOPICS_MAX) {
                    throw bad(token, "has more than %d topics".formatted(TOPICS_MAX));
                }
                partitions += topic.nextOffsets().length;
                topics.add(topic);
            }
            return new Cursor(timestamp, topics);
        }

        private TopicPosition topic(int partitionsLeft) throws BadCursorException {
            int nameHash = fixedInt();
            int idHash = fixedInt();
            int n = (int) varint(Math.min(partitionsLeft, (bytes.length - at) / 2));
            long[] offsets = new long[n];
            int[] epochs = new int[n];
            for (int p = 0; p < n; p++) {
                offsets[p] = varint(Long.MAX_VALUE);
                epochs[p] = (int) (varint(1L << 31) - 1);
            }
            return new TopicPosition(nameHash, idHash, offsets, epochs);
        }

        private int octet() throws BadCursorException {
            if (at == bytes.length) {
                throw bad(token, "is cut short");
            }
            return bytes[at++] & 0xFF;
        }

        private int fixedInt() throws BadCursorException {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                value = value << 8 | octet();
            }
            return value;
        }

        /// At most nine bytes, so that the sign is never touched.
        private long varint(long most) throws BadCursorException {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                int octet = octet();
                value |= (long) (octet & 0x7F) << shift;
                if (octet < 0x80) {
                    if (octet == 0 && shift > 0) {
                        throw bad(token, "has a number that is not in its shortest form");
                    }
                    if (value > most) {
                        throw bad(token, "has a number out of range");
                    }
                    return value;
                }
            }
            throw bad(token, "has a number out of range");
        }
    }
}
