package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.listener.Line;
import dev.fanfare.gateway.listener.Scratch;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writing side of a connection: for one writer, and cuttable by anybody.
public final class LineOut implements Out {
    private static final Scratch BUFFERS = new Scratch(128 * 1024);

    private final Line line;
    private @Nullable Rest rest; // writer only
    private volatile long progressNanos; // 0: nobody waits

    /// What could not be written at once.
    ///
    /// @param done bytes of the pieces that are written
    private record Rest(List<byte[]> pieces, int done) {}

    public LineOut(Line line) {
        this.line = line;
    }

    /// What goes out together is put together in a [Scratch] buffer; what does not go at once is kept as the pieces
    /// that it came in, most of which are shared with others.
    @Override
    public boolean offer(List<byte[]> pieces, int bytes) throws IOException {
        int done = writeFrom(pieces, 0);
        if (done == bytes && line.isFlushed()) {
            return true;
        }
        rest = new Rest(List.copyOf(pieces), done);
        return false;
    }

    @Override
    public int approach() {
        return line.approach();
    }

    @Override
    public void finish() throws IOException {
        var left = rest;
        if (left == null) {
            return;
        }
        rest = null;
        int bytes = left.pieces.stream().mapToInt(piece -> piece.length).sum();
        progressNanos = System.nanoTime();
        try {
            for (int done = left.done; done < bytes || !line.isFlushed(); ) {
                int more = writeFrom(left.pieces, done);
                if (more > 0) {
                    done += more;
                    progressNanos = System.nanoTime();
                }
                if (done < bytes || !line.isFlushed()) {
                    line.awaitRoom();
                }
            }
        } finally {
            progressNanos = 0;
        }
    }

    /// Writes what goes now, a buffer's fill at most.
    ///
    /// @param done so many bytes of the pieces were written before
    /// @return how many more are
    private int writeFrom(List<byte[]> pieces, int done) throws IOException {
        var scratch = BUFFERS.take();
        try {
            int skip = done;
            for (int i = 0; i < pieces.size() && scratch.hasRemaining(); i++) {
                var piece = pieces.get(i);
                int from = Math.min(skip, piece.length);
                skip -= from;
                scratch.put(piece, from, Math.min(piece.length - from, scratch.remaining()));
            }
            scratch.flip();
            line.writeNow(scratch);
            return scratch.position();
        } finally {
            BUFFERS.giveBack(scratch);
        }
    }

    static byte[] gathered(List<byte[]> pieces, int bytes) {
        var all = new byte[bytes];
        int at = 0;
        for (var piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    @Override
    public long stalledSince() {
        return progressNanos;
    }

    @Override
    public void abort() {
        line.close();
    }
}
