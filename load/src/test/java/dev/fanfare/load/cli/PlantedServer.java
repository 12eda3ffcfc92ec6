package dev.fanfare.load.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import javax.net.ssl.SSLServerSocket;

/// A server of plain sockets that takes events by `POST`, and delivers them over SSE, WebSocket and long-polling with
/// a fault in it.
final class PlantedServer implements AutoCloseable {
    private static final Pattern SEQUENCE = Pattern.compile("\\\\?\"seq\\\\?\":(\\d+)");

    private final ServerSocket listener;
    private final Fault fault;
    private final Manner manner;
    private final int slip;
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

    @GuardedBy("this")
    private final List<Feed> feeds = new ArrayList<>();

    @GuardedBy("this")
    private String last = "";

    private record Request(String method, String path, Map<String, String> headers) {
        /// `feed-index`; empty: from now on.
        String cursor() {
            int at = path.indexOf("cursor=");
            if (at < 0 && PlantedStreams.MODIFIED.equals(headers.get("if-modified-since"))) {
                return headers.getOrDefault("if-none-match", "");
            }
            return at < 0 ? headers.getOrDefault("last-event-id", "") : path.substring(at + 7);
        }

        List<String> channels() {
            return Arrays.stream(path.substring(path.indexOf('?') + 1).split("&", -1))
                    .filter(parameter -> parameter.startsWith("channel="))
                    .map(parameter -> URLDecoder.decode(parameter.substring(8), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    PlantedServer(Fault fault, Manner manner) throws IOException {
        this(fault, manner, 0);
    }

    /// @param slip how many events too far on a stream resumes
    PlantedServer(Fault fault, Manner manner, int slip) throws IOException {
        this(fault, manner, slip, new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
    }

    /// @param listener may be one of TLS
    PlantedServer(Fault fault, Manner manner, int slip, ServerSocket listener) {
        this.slip = slip;
        this.fault = fault;
        this.manner = manner;
        this.listener = listener;
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        var scheme = listener instanceof SSLServerSocket ? "https" : "http";
        return "%s://127.0.0.1:%d/events".formatted(scheme, port());
    }

    int port() {
        return listener.getLocalPort();
    }

    /// What was posted last.
    synchronized String last() {
        return last;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                var socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            var out = socket.getOutputStream();
            var pieces = new Pieces(out, manner);
            boolean more = true;
            while (more) {
                var request = request(in);
                if (request.method.equals("POST")) {
                    int length = Integer.parseInt(request.headers.getOrDefault("content-length", "0"));
                    publish(request.channels().getFirst(), new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    out.write(bytes("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"));
                } else if (request.headers.containsKey("upgrade")) {
                    stream(request, pieces)
                            .webSocket(in, request.headers.getOrDefault("sec-websocket-key", ""), index(request));
                    more = false;
                } else if (request.headers.getOrDefault("accept", "").equals("text/event-stream")) {
                    stream(request, pieces).sse(index(request));
                    more = false;
                } else {
                    more = poll(request, pieces);
                }
            }
        } catch (IOException gone) {
            // the client, or the test, has ended it
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private boolean poll(Request request, Pieces pieces) throws IOException, InterruptedException {
        boolean first = request.cursor().isEmpty();
        return stream(request, pieces).poll(index(request), first ? 0 : 2000);
    }

    private PlantedStreams stream(Request request, Pieces pieces) {
        var cursor = request.cursor();
        var feed = cursor.isEmpty()
                ? feed(request.channels())
                : known(Integer.parseInt(cursor.substring(0, cursor.indexOf('-'))));
        return new PlantedStreams(feed, pieces, manner);
    }

    private int index(Request request) {
        var cursor = request.cursor();
        boolean streams = !request.path.contains("cursor=") || request.headers.containsKey("upgrade");
        int index = cursor.isEmpty() ? 0 : Integer.parseInt(cursor.substring(cursor.indexOf('-') + 1));
        return cursor.isEmpty() || !streams ? index : Math.max(0, index + slip);
    }

    private synchronized Feed feed(List<String> channels) {
        var feed = new Feed(feeds.size(), channels);
        feeds.add(feed);
        return feed;
    }

    private synchronized Feed known(int number) {
        return feeds.get(number);
    }

    private synchronized void publish(String channel, String data) {
        var matcher = SEQUENCE.matcher(data);
        if (!matcher.find()) {
            throw new IllegalStateException("no marker");
        }
        last = data;
        long sequence = Long.parseLong(matcher.group(1));
        for (var feed : feeds) {
            if (feed.channels().contains(channel)) {
                fault.deliver(feed, sequence, data);
            }
        }
    }

    private static Request request(InputStream in) throws IOException {
        var line = line(in).split(" ", -1);
        var headers = new HashMap<String, String>();
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var pair = header.split(": ", 2);
            headers.put(pair[0].toLowerCase(java.util.Locale.ROOT), pair[1]);
        }
        return new Request(line[0], line[1], headers);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the client has gone");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Writes as the manner says.
    static final class Pieces {
        private final OutputStream out;
        private final Manner manner;
        private int written;

        Pieces(OutputStream out, Manner manner) {
            this.out = out;
            this.manner = manner;
        }

        void head(String text) throws IOException {
            for (byte next : bytes(text)) {
                out.write(next);
                if (manner == Manner.SPLIT) {
                    pause();
                }
            }
        }

        void message(byte[] message) throws IOException {
            int cut = manner == Manner.SPLIT ? written++ % message.length : message.length;
            out.write(message, 0, cut);
            if (cut < message.length) {
                pause();
                out.write(message, cut, message.length - cut);
            }
        }

        private static void pause() {
            try {
                Thread.sleep(1);
            } catch (InterruptedException impossible) {
                throw new UncheckedIOException(new IOException(impossible));
            }
        }
    }
}
