package dev.fanfare.gateway.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the next write will carry: references to shared bytes, not copies. Owned by the session's drain.
final class Outbox {
    private @Nullable List<byte[]> pieces; // null: none, so that a client that waits costs no memory for it
    private int bytes;

    void add(byte[] piece) {
        if (piece.length > 0) {
            var all = pieces;
            if (all == null) {
                all = new ArrayList<>(4);
                pieces = all;
            }
            all.add(piece);
            bytes += piece.length;
        }
    }

    int bytes() {
        return bytes;
    }

    /// What was gathered. The outbox is empty then.
    List<byte[]> take() {
        var all = pieces;
        pieces = null;
        bytes = 0;
        return all == null ? List.of() : all;
    }
}
