package dev.fanfare.clients;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A network that fails: passes TCP on to a port, and cuts all connections, holds back what comes from there, or lets
/// no WebSocket through, when asked to. Any thread may ask.
final class CutProxy implements AutoCloseable {
    private final int target;
    private final ServerSocket server;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final Set<Pair> swallowed = ConcurrentHashMap.newKeySet();
    private volatile boolean blocksWebSockets;

    private record Pair(Socket client, Socket gateway) {
        void close() throws IOException {
            client.setSoLinger(true, 0); // a reset, as a broken network ends it
            client.close();
            gateway.close();
        }
    }

    private CutProxy(int target, ServerSocket server) {
        this.target = target;
        this.server = server;
    }

    static CutProxy to(int target) throws IOException {
        var proxy = new CutProxy(target, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /// Cuts all connections that there are.
    void cut() throws IOException {
        for (var pair : pairs) {
            pair.close();
        }
    }

    void blockWebSockets(boolean block) {
        blocksWebSockets = block;
    }

    /// What the connections that there are send and receive from now on gets lost, without a word to either side.
    void swallow() {
        pairs.forEach(swallowed::add);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        Pair pair = null;
        try (client;
                var gateway = new Socket()) {
            var head = head(client.getInputStream());
            if (head == null) {
                return;
            }
            if (blocksWebSockets && head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket")) {
                client.getOutputStream()
                        .write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
                return;
            }
            gateway.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            var made = new Pair(client, gateway);
            pair = made;
            pairs.add(made);
            gateway.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            var back = Thread.ofVirtual().start(() -> copy(made, gateway, client));
            copy(made, client, gateway);
            back.join();
        } catch (IOException | InterruptedException gone) {
            // as a proxy does: the other side is closed too
        } finally {
            if (pair != null) {
                pairs.remove(pair);
            }
        }
    }

    private static @Nullable String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void copy(Pair pair, Socket from, Socket to) {
        var buffer = new byte[16 * 1024];
        try {
            for (int count; (count = from.getInputStream().read(buffer)) >= 0; ) {
                if (!swallowed.contains(pair)) {
                    to.getOutputStream().write(buffer, 0, count);
                }
            }
            if (!swallowed.contains(pair)) {
                to.close();
            }
        } catch (IOException gone) {
            try {
                to.close();
            } catch (IOException already) {
                // closed is closed
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
