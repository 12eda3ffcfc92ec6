package dev.fanfare.load.client;

import dev.fanfare.load.wire.Bytes;
import dev.fanfare.load.wire.Connection;
import dev.fanfare.load.wire.Input;
import dev.fanfare.load.wire.TlsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One client from connect to close, and from one connection to the next if it leaves and comes back.
///
/// Owned by its loop's thread.
abstract class Session {
    private static final byte[] NOTHING = {};
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final Place place;
    private final Receipts receipts;
    private final Standing standing = new Standing();
    private @Nullable Connection connection;
    private boolean open;
    private byte[] cursor = NOTHING;
    private int allowance = UNLIMITED; // bytes that it may read still
    private boolean returns; // when it is lost

    /// @param number of the session
    /// @param firstSequence of its channels, in its tally's sequences
    record Place(int number, int firstChannel, int firstSequence) {}

    Session(Place place, Receipts receipts) {
        this.place = place;
        this.receipts = receipts;
    }

    int firstChannel() {
        return place.firstChannel();
    }

    int firstSequence() {
        return place.firstSequence();
    }

    int number() {
        return place.number();
    }

    Receipts receipts() {
        return receipts;
    }

    Standing standing() {
        return standing;
    }

    /// Leaves, if it is open, to come back behind its cursor. What had come of an event in part comes again.
    boolean leave() {
        boolean left = standing.leave();
        if (left) {
            open(false);
            disconnect();
        }
        return left;
    }

    private boolean slow() {
        return allowance != UNLIMITED;
    }

    /// From now on it may read so many bytes and no more.
    void allow(int bytes) {
        allowance = (int) Math.min(bytes, (long) allowance + bytes); // less what was too much, as a record of TLS is
        returns = true;
        reads(allowance > 0);
    }

    /// From now on it reads whatever comes.
    void allowAll() {
        if (slow()) {
            allowance = UNLIMITED;
            reads(true);
        }
    }

    private void reads(boolean on) {
        if (connection != null && !standing.connecting()) {
            connection.reads(on);
        }
    }

    /// Behind the last event that it has got; empty: it has none yet.
    final byte[] cursor() {
        return cursor;
    }

    final void cursor(byte[] data, int from, int to) {
        if (!Bytes.equal(data, from, to, cursor)) {
            cursor = Arrays.copyOfRange(data, from, to);
        }
    }

    /// Begins to connect, also once more.
    ///
    /// @param tls makes the connection secure; null: nothing does
    void open(
            Selector selector, InetSocketAddress server, Optional<InetSocketAddress> source, @Nullable TlsClient tls) {
        standing.connect();
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (source.isPresent()) {
                channel.bind(source.get());
            }
            var key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            connection = new Connection(channel, key, tls);
            if (channel.connect(server)) { // at once, as it may be on the loopback address
                connected(connection, key);
            }
        } catch (IOException failure) {
            Connection.close(channel);
            lose(failure.getMessage());
        }
    }

    /// What the selector has found.
    void select(SelectionKey selected, Input in, ResponseHead head) {
        try {
            if (connection == null) {
                return;
            }
            if (selected.isConnectable()) {
                ((SocketChannel) selected.channel()).finishConnect();
                connected(connection, selected);
                return;
            }
            if (selected.isWritable()) {
                connection.flush();
            }
            if (selected.isReadable()) {
                if (standing.connecting()) {
                    shakeHands(connection, in);
                } else {
                    read(connection, in, head);
                }
            }
        } catch (IOException failure) {
            lose(failure.getMessage());
        }
    }

    private void connected(Connection to, SelectionKey key) throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        to.begin();
        if (to.isEstablished()) {
            established(to);
        }
    }

    private void shakeHands(Connection with, Input in) throws IOException {
        if (with.read(in, UNLIMITED) < 0) {
            throw new IOException("the connection ended within the TLS handshake");
        }
        with.keep(in);
        if (with.isEstablished()) {
            established(with);
        }
    }

    private void established(Connection with) throws IOException {
        if (allowance <= 0) {
            with.reads(false);
        }
        request();
    }

    /// Sends a request and expects its response.
    final void request() throws IOException {
        standing.expectHead();
        if (connection != null) {
            connection.endChunks();
        }
        send(requestBytes());
    }

    abstract byte[] requestBytes() throws IOException;

    /// The response's head has been read.
    ///
    /// @throws IOException says why it is not what was asked for
    abstract void begin(ResponseHead head) throws IOException;

    /// Takes one message off the input.
    ///
    /// @return false: there is no whole one
    abstract boolean message(Input in) throws IOException;

    /// All whole messages of one read have been taken.
    void taken(Input in) {}

    /// The server has closed its side.
    abstract void closed() throws IOException;

    final boolean bodyComplete() {
        return connection != null && connection.chunksComplete();
    }

    /// From now on nothing may be missed.
    final void becomeReady() {
        open(true);
        if (standing.becomeReady()) {
            receipts.tally().ready++;
        }
    }

    final void send(byte[] bytes) throws IOException {
        if (connection != null && !standing.ended()) {
            connection.send(bytes);
        }
    }

    /// Ends the session for a reason that is counted.
    final void lose(@Nullable String reason) {
        if (standing.ended()) {
            return;
        }
        if (returns && standing.ready()) { // what a server does with one of those, and what a client does then
            standing.breakOff();
            disconnect();
            allowance = UNLIMITED;
        } else {
            receipts.tally().lose(reason);
            end();
        }
    }

    /// Ends it without a word.
    final void end() {
        standing.end();
        open(false);
        disconnect();
    }

    private void open(boolean next) {
        if (next != open) {
            open = next;
            receipts.tally().open += next ? 1 : -1;
        }
    }

    final void disconnect() {
        if (connection != null) {
            connection.close();
        }
        connection = null;
    }

    private void read(Connection from, Input in, ResponseHead head) throws IOException {
        int count = from.read(in, allowance);
        if (count < 0) {
            closed();
            return;
        }
        receipts.tally().bytes += count;
        if (slow()) {
            allowance -= count;
            reads(allowance > 0);
        }
        while (standing.awaitsHead() ? head(from, in, head) : standing.awaitsBody() && message(in)) {}
        taken(in);
        if (!standing.ended() && connection != null) {
            connection.keep(in);
        }
    }

    private boolean head(Connection from, Input in, ResponseHead head) throws IOException {
        if (!head.read(in)) {
            return false;
        }
        standing.expectBody();
        if (head.chunked()) {
            from.beginChunks(in);
        }
        begin(head);
        return true;
    }
}
