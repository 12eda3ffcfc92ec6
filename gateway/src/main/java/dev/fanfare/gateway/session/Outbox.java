package dev.fanfare.gateway.session;

import java.util.ArrayList;
import java.util.List;

/// What the next write will carry: references to shared bytes, not copies. Owned by the session's drain.
final class Outbox {
    private List<byte[]> pieces = new ArrayList<>(4);
    private int bytes;

    void add(byte[] piece) {
        if (piece.length > 0) {
            pieces.add(piece);
            bytes += piece.length;
        }
    }

    int bytes() {
        return bytes;
    }

    List<byte[]> pieces() {
        return pieces;
    }

    void clear() {
        if (pieces.size() > 64) {
            pieces = new ArrayList<>(4); // one large write must not cost memory for good
        } else {
            pieces.clear();
        }
        bytes = 0;
    }
}
