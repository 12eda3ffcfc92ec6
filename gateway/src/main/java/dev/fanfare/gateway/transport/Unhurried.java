package dev.fanfare.gateway.transport;

import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Upgrades after which reading has no [Deadline] any more: sessions look after their clients themselves.
public final class Unhurried implements Http1Upgrader {
    private final Http1Upgrader upgrader;

    private Unhurried(Http1Upgrader upgrader) {
        this.upgrader = upgrader;
    }

    /// All of them, under the same names.
    public static Map<String, Http1Upgrader> all(Map<String, Http1Upgrader> upgraders) {
        return upgraders.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, named -> new Unhurried(named.getValue())));
    }

    @Override
    public String supportedProtocol() {
        return upgrader.supportedProtocol();
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        var connection = upgrader.upgrade(context, prologue, headers);
        if (connection != null && context instanceof ClientConnection client) {
            client.waive();
        }
        return connection;
    }
}
