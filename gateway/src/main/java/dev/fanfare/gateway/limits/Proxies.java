package dev.fanfare.gateway.limits;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a request really comes from. What proxies write into a header counts only as far as each of them is trusted,
/// from the last one back: what lies before that anybody could have written. Thread-safe.
public final class Proxies {
    private static final HeaderName FORWARDED = HeaderNames.create("Forwarded");
    private static final Pattern FOR = Pattern.compile("(?i)\\s*for=\"?([^\"]*)\"?\\s*");
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^]]*)](?::\\d{1,5})?|([\\d.]+):\\d{1,5}");

    private final List<Subnet> trusted;
    private final HeaderName header;

    /// @param trusted in the form of [Subnet]
    /// @param header that they write: `Forwarded` (RFC 7239), or one like `X-Forwarded-For`
    public Proxies(List<String> trusted, String header) {
        this.trusted = trusted.stream()
                .map(text -> Subnet.parse(text).orElseThrow(() -> new IllegalArgumentException(text)))
                .toList();
        this.header = HeaderNames.create(header);
    }

    boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(subnet -> subnet.contains(address));
    }

    /// The nearest hop that is no trusted proxy; of hops that cannot be read, the one before.
    InetAddress client(InetAddress peer, Headers headers) {
        var client = peer;
        if (isTrusted(peer) && headers.contains(header)) {
            var hops = String.join(",", headers.get(header).allValues()).split(",", -1);
            for (int i = hops.length - 1; i >= 0 && isTrusted(client); i--) {
                var hop = address(hops[i]);
                if (hop.isEmpty()) {
                    break; // hidden or unknown: as far as we can tell it is the proxy that says so
                }
                client = hop.get();
            }
        }
        return client;
    }

    private Optional<InetAddress> address(String hop) {
        if (header.equals(FORWARDED)) {
            return Arrays.stream(hop.split(";", -1))
                    .map(FOR::matcher)
                    .filter(Matcher::matches)
                    .findFirst()
                    .flatMap(node -> literal(node.group(1)));
        }
        return literal(hop);
    }

    private static Optional<InetAddress> literal(String node) {
        var text = node.strip().toLowerCase(Locale.ROOT);
        var withPort = WITH_PORT.matcher(text);
        if (withPort.matches()) {
            var ipv6 = withPort.group(1);
            text = ipv6 != null ? ipv6 : withPort.group(2);
        }
        return Subnet.address(text);
    }
}
