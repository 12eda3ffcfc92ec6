package dev.fanfare.load.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One client from connect to close. Holds its socket and, between two reads, the bytes of a message that has not come
/// whole; what is read goes to the loop's one buffer.
///
/// Owned by its loop's thread.
abstract class Session {
    private static final byte[] NOTHING = {};
    private static final int KEPT_CAPACITY_MAX = 4096; // a larger one is not kept for the next time

    private static final int UNLIMITED = Integer.MAX_VALUE;

    private enum Life {
        WAITING,
        AWAY,
        CONNECTING,
        HEAD,
        BODY,
        ENDED
    }

    private final Place place;
    private final Receipts receipts;
    private @Nullable SelectionKey key;
    private byte[] kept = NOTHING;
    private int keptLength;
    private @Nullable ByteBuffer unsent;
    private @Nullable Chunks chunks;
    private Life life = Life.WAITING; // to be opened
    private boolean ready;
    private boolean open;
    private boolean back = true; // since it has left
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

    /// Whether it may be open later, or be back.
    boolean pending() {
        return life != Life.ENDED && !(ready && back);
    }

    boolean away() {
        return life == Life.AWAY;
    }

    /// Leaves, if it is open, to come back behind its cursor. What had come of an event in part comes again.
    boolean leave() {
        if (life == Life.ENDED || pending()) {
            return false;
        }
        life = Life.AWAY;
        back = false;
        open(false);
        disconnect();
        return true;
    }

    private boolean slow() {
        return allowance != UNLIMITED;
    }

    /// From now on it may read so many bytes and no more.
    void allow(int bytes) {
        allowance = bytes;
        returns = true;
        key(SelectionKey.OP_READ, bytes > 0);
    }

    /// From now on it reads whatever comes.
    void allowAll() {
        if (slow()) {
            allowance = UNLIMITED;
            key(SelectionKey.OP_READ, true);
        }
    }

    private void key(int operation, boolean on) {
        if (key != null && !connecting()) {
            key.interestOps(on ? key.interestOps() | operation : key.interestOps() & ~operation);
        }
    }

    /// From now on it is to be opened again.
    void comeBack() {
        life = Life.WAITING;
    }

    /// Whether it has left and is not open again.
    boolean missed() {
        return ready && !back && life != Life.ENDED;
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

    boolean ended() {
        return life == Life.ENDED;
    }

    boolean connecting() {
        return life == Life.CONNECTING;
    }

    /// Begins to connect, also once more.
    void open(Selector selector, InetSocketAddress server, Optional<InetSocketAddress> source) {
        life = Life.CONNECTING;
        keptLength = 0;
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (source.isPresent()) {
                channel.bind(source.get());
            }
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            if (channel.connect(server)) { // at once, as it may be on the loopback address
                key.interestOps(SelectionKey.OP_READ);
                request();
            }
        } catch (IOException failure) {
            close(channel);
            lose(failure.getMessage());
        }
    }

    /// What the selector has found.
    void select(SelectionKey selected, Input in, ResponseHead head) {
        try {
            var channel = (SocketChannel) selected.channel();
            if (selected.isConnectable()) {
                channel.finishConnect();
                selected.interestOps(allowance > 0 ? SelectionKey.OP_READ : 0);
                request();
            } else {
                if (selected.isWritable()) {
                    flush(channel, selected);
                }
                if (selected.isReadable()) {
                    read(channel, in, head);
                }
            }
        } catch (IOException failure) {
            lose(failure.getMessage());
        }
    }

    /// Sends a request and expects its response.
    final void request() throws IOException {
        life = Life.HEAD;
        chunks = null;
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
        return chunks != null && chunks.done();
    }

    /// From now on nothing may be missed.
    final void becomeReady() {
        back = true;
        open(true);
        if (!ready) {
            ready = true;
            receipts.tally().ready++;
        }
    }

    final void send(byte[] bytes) throws IOException {
        if (key == null || life == Life.ENDED) {
            return;
        }
        if (unsent != null) {
            var more = ByteBuffer.allocate(unsent.remaining() + bytes.length);
            unsent = more.put(unsent).put(bytes).flip();
            return;
        }
        var buffer = ByteBuffer.wrap(bytes);
        ((SocketChannel) key.channel()).write(buffer);
        if (buffer.hasRemaining()) {
            unsent = buffer;
            key.interestOpsOr(SelectionKey.OP_WRITE);
        }
    }

    /// Ends the session for a reason that is counted.
    final void lose(@Nullable String reason) {
        if (life == Life.ENDED) {
            return;
        }
        if (returns && ready) { // what a server does with one of those, and what a client does then
            back = true;
            leave();
            allowance = UNLIMITED;
        } else {
            receipts.tally().lose(reason);
            end();
        }
    }

    /// Ends it without a word.
    final void end() {
        life = Life.ENDED;
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
        if (key != null) {
            close((SocketChannel) key.channel());
        }
        key = null;
        kept = NOTHING;
        keptLength = 0;
        unsent = null;
    }

    private void read(SocketChannel channel, Input in, ResponseHead head) throws IOException {
        int from = keptLength;
        int count = in.read(channel, kept, keptLength, allowance);
        if (count < 0) {
            closed();
            return;
        }
        receipts.tally().bytes += count;
        if (slow()) {
            allowance -= count;
            if (allowance == 0) {
                key(SelectionKey.OP_READ, false);
            }
        }
        if (chunks != null) {
            in.end(chunks.decode(in.data(), from, in.end()));
        }
        while (life == Life.HEAD ? head(in, head) : life == Life.BODY && message(in)) {}
        taken(in);
        if (life != Life.ENDED && key != null) {
            keep(in);
        }
    }

    private boolean head(Input in, ResponseHead head) throws IOException {
        if (!head.read(in)) {
            return false;
        }
        life = Life.BODY;
        if (head.chunked()) {
            chunks = new Chunks();
            in.end(chunks.decode(in.data(), in.at(), in.end()));
        }
        begin(head);
        return true;
    }

    private void keep(Input in) {
        keptLength = in.length();
        if (keptLength == 0) {
            kept = kept.length > KEPT_CAPACITY_MAX ? NOTHING : kept;
            return;
        }
        if (kept.length < keptLength) {
            kept = Arrays.copyOfRange(in.data(), in.at(), Math.max(in.end(), in.at() + 256));
        } else {
            System.arraycopy(in.data(), in.at(), kept, 0, keptLength);
        }
    }

    private void flush(SocketChannel channel, SelectionKey selected) throws IOException {
        if (unsent != null) {
            channel.write(unsent);
            if (unsent.hasRemaining()) {
                return;
            }
        }
        unsent = null;
        selected.interestOpsAnd(~SelectionKey.OP_WRITE);
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException failure) {
            System.getLogger(Session.class.getName()).log(System.Logger.Level.DEBUG, "close", failure);
        }
    }
}
