package dev.fanfare.gateway.channel;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The cursors that clients get as `id:` and send as `Last-Event-ID`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CursorBenchmark {
    private static final long TIME = 1_700_000_000_000L;

    /// Of the one topic.
    @Param({"1", "12", "100"})
    public int partitions;

    private Topology topology;
    private PositionVector vector;
    private String token;

    @Setup
    public void prepare() {
        topology = Topology.EMPTY.with("orders", Uuid.ONE_UUID, partitions);
        var positions = PositionVector.START.mutable(partitions);
        for (int p = 0; p < partitions; p++) {
            positions.set(p, 1_234_567L * (p + 1), 3);
        }
        vector = positions.done();
        token = new String(print(), StandardCharsets.US_ASCII);
    }

    /// Once per event, for all its sessions.
    @Benchmark
    public final byte[] print() {
        return topology.encode(vector, TIME);
    }

    /// Once per client that comes back.
    @Benchmark
    public Cursor parse() throws BadCursorException {
        return Cursor.decode(token);
    }
}
