package dev.fanfare.load.hook;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.wire.Connection;
import dev.fanfare.load.wire.Input;
import dev.fanfare.load.wire.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/// The receiver's connections of one loop. The first loop accepts them for all, in turn.
final class HookLoop implements Loop.Work {
    private final Loop loop;
    private final Judge judge;
    private List<HookLoop> all = List.of(); // of the one that accepts
    private int accepted;

    HookLoop(int number, Fields fields) {
        loop = new Loop("hooks-" + number, this);
        judge = new Judge(fields);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    /// Accepts connections from now on, for all of these.
    void accept(ServerSocketChannel listener, List<HookLoop> loops) {
        loop.ask(() -> {
                    all = loops;
                    return register(listener);
                })
                .join();
    }

    // --- what may be asked, by the thread only; afterwards once it has stopped

    Judge judge() {
        return judge;
    }

    // --- what the loop calls

    @Override
    public void selected(SelectionKey key, Input in) {
        if (key.attachment() instanceof HookSocket socket) {
            socket.select(key, in);
        } else {
            acceptFrom((ServerSocketChannel) key.channel());
        }
    }

    @Override
    public void proceed() {
        judge.proceed(Micros.now());
    }

    @Override
    public boolean isBusy() {
        return false;
    }

    @Override
    public void end() {
        for (var key : loop.selector().keys()) {
            if (key.attachment() instanceof HookSocket socket) {
                socket.end();
            }
        }
    }

    private SelectionKey register(ServerSocketChannel listener) {
        try {
            return listener.register(loop.selector(), SelectionKey.OP_ACCEPT);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void acceptFrom(ServerSocketChannel listener) {
        try {
            for (var channel = listener.accept(); channel != null; channel = listener.accept()) {
                var client = channel;
                var next = all.get(accepted++ % all.size());
                var _ = next.loop.ask(() -> next.add(client));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean add(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var key = channel.register(loop.selector(), SelectionKey.OP_READ);
            key.attach(new HookSocket(new Connection(channel, key), judge));
            return true;
        } catch (IOException gone) {
            Connection.close(channel);
            return false;
        }
    }
}
