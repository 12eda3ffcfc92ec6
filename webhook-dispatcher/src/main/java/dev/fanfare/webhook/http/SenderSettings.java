package dev.fanfare.webhook.http;

import java.net.InetSocketAddress;
import java.util.Optional;

/// How calls leave.
///
/// With a proxy (HTTP, `CONNECT` for https), it is the only address that is connected to. The guard still refuses URLs
/// by scheme, port and literal address, and names that lead to forbidden addresses here; where a name leads when the
/// proxy looks it up, the proxy has to check. It gets no credentials.
///
/// @param proxy the egress proxy, unresolved
/// @param idleConnectionsMax how many connections are kept for further calls; at least 512 are
/// @param userAgent sent where a request names none
public record SenderSettings(
        EgressPolicy policy, Optional<InetSocketAddress> proxy, int idleConnectionsMax, String userAgent) {
    public static final SenderSettings STANDARD =
            new SenderSettings(EgressPolicy.STANDARD, Optional.empty(), 512, "Fanfare-Webhooks");
}
