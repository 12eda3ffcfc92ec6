package dev.fanfare.webhook.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A receiver on loopback that does to its connections whatever a test wants.
public final class RawServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final List<Thread> readers = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private RawServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /// What it does with a request that it has read.
    @FunctionalInterface
    interface Behaviour {
        /// Writes the answer, or does worse.
        ///
        /// @param number of the request, from 1
        void answer(int number, Socket connection) throws Exception;
    }

    static RawServer start(Behaviour behaviour) throws IOException {
        return new RawServer(behaviour);
    }

    /// Gives these answers, one a request, and then the last one for ever. The connections stay open.
    public static RawServer answering(String... answers) throws IOException {
        return start((number, connection) -> {
            var text = answers[Math.min(number, answers.length) - 1];
            connection.getOutputStream().write(text.getBytes(ISO_8859_1));
        });
    }

    /// An answer with a status, headers and no body.
    public static String answer(int status, String... headers) {
        return "HTTP/1.1 " + status + " Whatever\r\nContent-Length: 0\r\n" + String.join("\r\n", headers)
                + (headers.length == 0 ? "\r\n" : "\r\n\r\n");
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// The requests that came, each with its head and body.
    public List<String> requests() {
        return requests;
    }

    int connectionCount() {
        return connections.size();
    }

    /// Closes the connections, on all of which a request is waited for, politely or with a reset, and returns when that
    /// is done: a socket that is being read is closed by its reader.
    void closeConnections(boolean reset) throws IOException, InterruptedException {
        for (var connection : connections) {
            if (reset) {
                connection.setSoLinger(true, 0);
            }
            connection.close();
        }
        for (var reader : readers) {
            reader.join(Duration.ofSeconds(5));
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        var count = new AtomicInteger();
        try {
            while (true) {
                var connection = listener.accept();
                connections.add(connection);
                readers.add(Thread.ofVirtual().start(() -> serve(connection, count)));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket connection, AtomicInteger count) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                requests.add(read(in));
                behaviour.answer(count.incrementAndGet(), connection);
            }
        } catch (EOFException | SocketException closed) {
            return;
        } catch (Exception failure) {
            requests.add("failed: " + failure);
        }
    }

    private static String read(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            var next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        var length = head.toString()
                .toLowerCase(Locale.ROOT)
                .lines()
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        return head + new String(in.readNBytes(length), ISO_8859_1);
    }
}
