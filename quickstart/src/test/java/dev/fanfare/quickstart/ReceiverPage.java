package dev.fanfare.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// What the sample receiver's page shows.
final class ReceiverPage {
    private ReceiverPage() {}

    /// The latest first; nothing while the receiver is away.
    static List<JsonNode> webhooks(int port) {
        try (var in = URI.create("http://127.0.0.1:%d/received".formatted(port))
                .toURL()
                .openStream()) {
            return new JsonMapper().readTree(in).path("webhooks").valueStream().toList();
        } catch (IOException away) {
            return List.of();
        }
    }
}
