package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.listener.Line;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The writing side of a connection: for one writer, and cuttable by anybody.
public final class LineOut implements Out {
    private static final int COPY_BYTES_MAX = 64 << 20;
    private static final AtomicLong COPYING = new AtomicLong(); // bytes of all copies that writers of this node hold

    private final Line line;
    private @Nullable Rest rest; // writer only
    private volatile long progressNanos; // 0: nobody waits

    /// What could not be written at once.
    ///
    /// @param first goes before the pieces from `next` on
    /// @param copied bytes that count as held
    private record Rest(ByteBuffer first, List<byte[]> pieces, int next, int copied) {}

    public LineOut(Line line) {
        this.line = line;
    }

    /// Several pieces are gathered for one write, unless all such copies together would exceed their bound: then each
    /// piece is written by itself.
    @Override
    public boolean offer(List<byte[]> pieces, int bytes) throws IOException {
        if (pieces.size() == 1) {
            return offer(ByteBuffer.wrap(pieces.getFirst()), List.of(), 0, 0);
        }
        if (COPYING.addAndGet(bytes) <= COPY_BYTES_MAX) {
            return offer(ByteBuffer.wrap(gathered(pieces, bytes)), List.of(), 0, bytes);
        }
        COPYING.addAndGet(-bytes);
        return offer(ByteBuffer.wrap(pieces.getFirst()), List.copyOf(pieces), 1, 0);
    }

    private boolean offer(ByteBuffer first, List<byte[]> pieces, int next, int copied) throws IOException {
        boolean all = false;
        try {
            line.writeNow(first);
            if (first.hasRemaining() || next < pieces.size()) {
                rest = new Rest(first, pieces, next, copied);
                return false;
            }
            all = true;
            return true;
        } finally {
            if (all || rest == null) {
                COPYING.addAndGet(-copied);
            }
        }
    }

    @Override
    public void finish() throws IOException {
        var left = rest;
        if (left == null) {
            return;
        }
        progressNanos = System.nanoTime();
        try {
            write(left.first);
            for (var piece : left.pieces.subList(Math.min(left.next, left.pieces.size()), left.pieces.size())) {
                write(ByteBuffer.wrap(piece));
            }
        } finally {
            progressNanos = 0;
            rest = null;
            COPYING.addAndGet(-left.copied);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (true) {
            int before = bytes.remaining();
            line.writeNow(bytes);
            if (bytes.remaining() < before) {
                progressNanos = System.nanoTime();
            }
            if (!bytes.hasRemaining()) {
                return;
            }
            line.awaitRoom();
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
