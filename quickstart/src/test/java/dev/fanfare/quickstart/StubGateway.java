package dev.fanfare.quickstart;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Takes the gateway's place where its jar is not there: is ready at once, on the port of its configuration.
final class StubGateway {
    private StubGateway() {}

    public static void main(String[] args) throws IOException {
        var port = Pattern.compile("port: (\\d+)").matcher(Files.readString(Path.of(args[1])));
        if (!args[0].equals("--config") || !port.find()) {
            System.exit(2);
        }
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(port.group(1)));
        var server = HttpServer.create(address, 0);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }
}
