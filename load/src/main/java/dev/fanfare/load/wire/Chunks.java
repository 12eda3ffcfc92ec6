package dev.fanfare.load.wire;

/// Takes the chunked transfer coding off a response's body (RFC 9112 §7.1), in place, in whatever pieces it comes.
final class Chunks {
    private enum State {
        SIZE,
        EXTENSION,
        DATA,
        DATA_END,
        TRAILER,
        DONE
    }

    private State state = State.SIZE;
    private long left;
    private int trailerLine; // characters of the present one

    /// Moves the content of `data[from, to)` together.
    ///
    /// @return where it ends
    int decode(byte[] data, int from, int to) {
        int out = from;
        int in = from;
        while (in < to && state != State.DONE) {
            if (state == State.DATA) {
                int count = (int) Math.min(left, to - in);
                System.arraycopy(data, in, data, out, count);
                in += count;
                out += count;
                left -= count;
                state = left == 0 ? State.DATA_END : State.DATA;
            } else {
                frame(data[in++]);
            }
        }
        return out;
    }

    /// Whether the last chunk and its trailer have come.
    boolean done() {
        return state == State.DONE;
    }

    private void frame(byte next) {
        switch (state) {
            case SIZE -> {
                int digit = Character.digit(next, 16);
                if (digit >= 0) {
                    left = left * 16 + digit;
                } else {
                    state = State.EXTENSION;
                    frame(next);
                }
            }
            case EXTENSION -> {
                if (next == '\n') {
                    state = left == 0 ? State.TRAILER : State.DATA;
                }
            }
            case DATA_END -> {
                if (next == '\n') {
                    state = State.SIZE;
                }
            }
            case TRAILER -> {
                if (next == '\n' && trailerLine == 0) {
                    state = State.DONE;
                } else if (next != '\r') {
                    trailerLine = next == '\n' ? 0 : trailerLine + 1;
                }
            }
            case DATA, DONE -> throw new IllegalStateException("not a frame");
        }
    }
}
