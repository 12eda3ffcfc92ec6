package dev.fanfare.gateway.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;

import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.limits.Subnet;
import dev.fanfare.service.config.Values;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads everything under `server`: where clients connect, over TLS or not, and whose word is taken for where they
/// come from.
final class ServerReader {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+"); // RFC 9110 §5.6.2
    private static final Pattern ORIGIN = Pattern.compile( // RFC 6454 §6.2, of schemes with hosts
            "[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::(?:[1-9]\\d{0,4}|\\*))?");
    private static final Pattern NEEDLESS_PORT = Pattern.compile("http://.*:80|https://.*:443");

    private final Values values;

    ServerReader(Values values) {
        this.values = values;
    }

    Server read() {
        var standard = Server.DEFAULT;
        var server = new Server(
                values.text("server.host", standard.host()),
                values.integer("server.port", standard.port(), 0, 65_535),
                values.integer("server.connections-max", standard.connectionsMax(), 1, 1_000_000),
                values.integer("server.backlog", standard.backlog(), 1, 65_535),
                values.size("server.send-buffer", standard.sendBuffer(), 4 * KIB, 16 * MIB),
                values.flag("server.page", standard.page()),
                values.list(
                        "server.trusted-proxies",
                        "an address or a range of addresses, such as 10.0.0.0/8 or fd00::1",
                        text -> Optional.of(text)
                                .filter(one -> Subnet.parse(one).isPresent())),
                headerName("server.forwarded-header", standard.forwardedHeader()),
                values.list(
                        "server.origins",
                        "an origin as browsers send it, in small letters, without a path and without the port that its "
                                + "scheme has anyway, such as https://app.example.com, or with * as its port; or * for any",
                        text -> Optional.of(text).filter(ServerReader::isOrigin)),
                tls());
        if (values.good("server.host")) {
            checkHost(values, "server.host", server.host());
        }
        return server;
    }

    private static boolean isOrigin(String text) {
        return text.equals(Origins.ANY)
                || (ORIGIN.matcher(text).matches()
                        && !NEEDLESS_PORT.matcher(text).matches());
    }

    private String headerName(String key, String standard) {
        var name = values.text(key, standard);
        if (!HEADER_NAME.matcher(name).matches()) {
            values.refuse(key, "", "it must be the name of a header, such as X-Forwarded-For or Forwarded");
            return standard;
        }
        return name;
    }

    private TlsSettings tls() {
        var standard = TlsSettings.OFF;
        var protocols = values.list(
                "server.tls.protocols",
                "TLSv1.3 or TLSv1.2",
                text -> Optional.of(text).filter(standard.protocols()::contains));
        return new TlsSettings(
                values.text("server.tls.certificate-file"),
                values.text("server.tls.private-key-file"),
                values.text("server.tls.keystore-file"),
                values.text("server.tls.keystore-password"),
                values.text("server.tls.keystore-password-file"),
                protocols.isEmpty() ? standard.protocols() : protocols,
                values.choice("server.tls.client-auth", standard.clientAuth()),
                values.text("server.tls.trust-file"),
                values.duration("server.tls.reload", standard.reload(), ofMillis(100), ofHours(24)),
                values.duration("server.tls.hsts", standard.hsts(), Duration.ZERO, ofDays(730)));
    }

    /// May ask the name service.
    static void checkHost(Values values, String key, String host) {
        try {
            var _ = InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            values.refuse(key, host, "no such host is known: give an address of this machine");
        }
    }
}
