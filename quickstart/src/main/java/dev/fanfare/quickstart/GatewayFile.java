package dev.fanfare.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The gateway's configuration, written anew with each `up`.
final class GatewayFile {
    private GatewayFile() {}

    /// @param token of the console
    static void write(Path file, Options options, Optional<String> token) throws IOException {
        PrivateFile.write(file, text(options, token));
    }

    static String text(Options options, Optional<String> token) {
        var management = options.consolePort()
                .map(port -> management(port, token.orElseThrow()))
                .orElse("");
        return """
                # Written by `fanfare up` at each start: changes are lost. See `fanfare gateway`.
                server:
                  port: %d
                  origins: ["http://localhost:*", "http://127.0.0.1:*"] # pages of development servers
                kafka:
                  bootstrap.servers: "%s"
                routes:
                %saccess:
                  anonymous:
                    subscribe: ["**"]
                    publish: ["**"]
                publish:
                  enabled: true
                limits: # everybody comes from one address here
                  connects-per-second: 0
                  address: {connections: 0, handshakes-per-second: 0, sessions: 0, connects-per-second: 0, replays: 0,
                    publishes-per-second: 0, publish-bytes-per-second: 0}
                shutdown: # there is no other node to go to
                  notice: 0s
                  drain: 0s
                  deadline: 5s
                %s""".formatted(options.port(), options.bootstrapServers(), DemoTopics.routes(), management);
    }

    private static String management(int port, String token) {
        return """
                management:
                  enabled: true
                  port: %d
                  token: "%s"
                """.formatted(port, token);
    }
}
