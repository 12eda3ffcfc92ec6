package dev.fanfare.load.hook;

import dev.fanfare.load.wire.Connection;
import dev.fanfare.load.wire.HeadLines;
import dev.fanfare.load.wire.Input;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One connection from the dispatcher: requests one after the other, each answered before the next is read. Owned by
/// its loop's thread.
final class HookSocket {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Connection connection;
    private final Judge judge;
    private @Nullable RequestHead head; // of the request that is being read
    private @Nullable Call waiting; // for its answer

    HookSocket(Connection connection, Judge judge) {
        this.connection = connection;
        this.judge = judge;
    }

    void select(SelectionKey key, Input in) {
        try {
            if (key.isWritable()) {
                connection.flush();
            }
            if (key.isReadable()) {
                read(in);
            }
        } catch (IOException gone) {
            end();
        }
    }

    /// Answers the call that waits.
    void answer(byte[] bytes) {
        waiting = null;
        try {
            if (connection.isOpen()) {
                connection.send(bytes);
            }
        } catch (IOException gone) {
            end();
        }
    }

    /// Whether the call waits for an answer, and somebody for it.
    boolean waits(Call call) {
        return call.equals(waiting) && connection.isOpen();
    }

    /// The connection is over; a call that waits has failed.
    void end() {
        connection.close();
        if (waiting != null) {
            judge.givenUp(waiting);
            waiting = null;
        }
    }

    private void read(Input in) throws IOException {
        if (connection.read(in, Integer.MAX_VALUE) < 0) {
            end();
            return;
        }
        while (connection.isOpen() && waiting == null && request(in)) {}
        if (connection.isOpen()) {
            connection.keep(in);
        }
    }

    private boolean request(Input in) throws IOException {
        if (head == null) {
            var lines = HeadLines.take(in);
            if (lines.isEmpty()) {
                return false;
            }
            head = RequestHead.of(lines);
            if (head.length() < 0) {
                connection.beginChunks(in);
            }
            if (head.continues()) {
                connection.send(CONTINUE);
            }
        }
        boolean chunked = head.length() < 0;
        if (chunked ? !connection.chunksComplete() : in.length() < head.length()) {
            return false;
        }
        int length = chunked ? in.length() : (int) head.length();
        var request = head;
        head = null;
        connection.endChunks();
        waiting = judge.call(this, request, in, in.at(), in.at() + length);
        in.skip(length);
        if (request.closes() && waiting == null) {
            end();
        }
        return true;
    }
}
