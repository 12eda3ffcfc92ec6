package dev.fanfare.load.report;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// Latencies in little space, in microseconds. All of its figures are 0 if there are none.
///
/// @param packed all of them: Base64 of what HdrHistogram calls its compressed V2 encoding, as in its logs
public record Latency(long count, long p50, long p99, long max, String packed) {
    public static Latency of(Histogram micros) {
        return new Latency(
                micros.getTotalCount(),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getMaxValue(),
                pack(micros));
    }

    public Histogram unpack() {
        return unpack(packed);
    }

    Latency plus(Latency more) {
        if (count == 0 || more.count == 0) {
            return count == 0 ? more : this;
        }
        var sum = unpack();
        sum.add(more.unpack());
        return of(sum);
    }

    static String pack(Histogram histogram) {
        var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /// Refuses what is no histogram with an [IllegalArgumentException].
    static Histogram unpack(String packed) {
        try {
            var histogram = Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(packed)), 0);
            histogram.setAutoResize(true);
            return histogram;
        } catch (DataFormatException | RuntimeException broken) {
            throw new IllegalArgumentException("no histogram: " + broken.getMessage(), broken);
        }
    }
}
