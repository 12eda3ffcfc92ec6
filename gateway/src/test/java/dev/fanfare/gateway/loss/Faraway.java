package dev.fanfare.gateway.loss;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Clients in another network namespace: a program that does what its standard input says, line by line, and confirms
/// each line with one of its own. They read whatever comes, and answer pings.
///
/// ```
/// sse NAME TARGET      opens a stream and reads up to `ready`
/// ws NAME TARGET
/// hung NAME TARGET     as ws, but never reads again
/// poll NAME TARGET     sends the request
/// fin NAME             closes
/// rst NAME             resets
/// ```
final class Faraway {
    private final InetSocketAddress gateway;
    private final Map<String, Stream> streams = new HashMap<>();
    private final Map<String, Socket> polls = new HashMap<>();

    private Faraway(InetSocketAddress gateway) {
        this.gateway = gateway;
    }

    public static void main(String[] args) throws IOException {
        var here = new Faraway(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var order = orders.readLine(); order != null; order = orders.readLine()) {
            var words = order.split(" ", -1);
            here.obey(words[0], words[1], words[words.length - 1]);
            System.out.println("done " + order);
            System.out.flush();
        }
    }

    private void obey(String verb, String name, String target) throws IOException {
        switch (verb) {
            case "sse" -> open(name, Stream.sse(gateway, target, 0, UnaryOperator.identity()));
            case "ws" -> open(name, Stream.webSocket(gateway, target, 0, UnaryOperator.identity()));
            case "hung" -> streams.put(name, upToReady(Stream.webSocket(gateway, target, 0, UnaryOperator.identity())));
            case "poll" -> {
                var socket = new Socket(gateway.getAddress(), gateway.getPort());
                socket.getOutputStream()
                        .write(("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                polls.put(name, socket);
            }
            case "fin" -> end(name, false);
            case "rst" -> end(name, true);
            default -> throw new IOException("what is " + verb);
        }
    }

    private void open(String name, Stream stream) throws IOException {
        streams.put(name, upToReady(stream));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    stream.next();
                }
            } catch (IOException end) {
                // as the test will see on the other side
            }
        });
    }

    private static Stream upToReady(Stream stream) throws IOException {
        while (!stream.next().kind().equals("ready")) {
            // retry
        }
        return stream;
    }

    private void end(String name, boolean reset) throws IOException {
        var stream = streams.remove(name);
        if (stream != null && reset) {
            stream.reset();
        } else if (stream != null) {
            stream.close();
        }
        var poll = polls.remove(name);
        if (poll != null) {
            if (reset) {
                poll.setSoLinger(true, 0);
            }
            poll.close();
        }
    }
}
