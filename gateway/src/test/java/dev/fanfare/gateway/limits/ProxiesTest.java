package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.http.HeaderNames;
import io.helidon.http.WritableHeaders;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a request comes from: the trusted proxies are 10.0.0.0/8 and fd00::/8.
class ProxiesTest {
    private static final List<String> TRUSTED = List.of("10.0.0.0/8", "fd00::/8");

    private static String client(String header, String peer, String... lines) {
        var headers = WritableHeaders.create();
        if (lines.length > 0) {
            headers.set(HeaderNames.create(header), lines);
        }
        return new Proxies(TRUSTED, header)
                .client(InetAddress.ofLiteral(peer), headers)
                .getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | 198.51.100.7 | 192.0.2.1", // nobody's word is taken but a proxy's
                "10.0.0.1 | 198.51.100.7 | 198.51.100.7",
                "10.0.0.1 | 203.0.113.9, 198.51.100.7 | 198.51.100.7", // what the client has sent itself
                "10.0.0.1 | 203.0.113.9, 198.51.100.7, 10.2.3.4 | 198.51.100.7",
                "10.0.0.1 | 10.9.9.9, 198.51.100.7 | 198.51.100.7",
                "10.0.0.1 | 198.51.100.7:4711 | 198.51.100.7",
                "10.0.0.1 | [2001:db8::7]:4711 | 2001:db8:0:0:0:0:0:7",
                "10.0.0.1 | 2001:db8::7 | 2001:db8:0:0:0:0:0:7",
                "fd00::1 | ::ffff:198.51.100.7 | 198.51.100.7",
                "10.0.0.1 | 203.0.113.9, unknown | 10.0.0.1",
                "10.0.0.1 | 203.0.113.9, example.com, 10.2.3.4 | 10.2.3.4",
                "10.0.0.1 | 203.0.113.9, | 10.0.0.1",
                "10.0.0.1 | 10.2.3.4 | 10.2.3.4", // a client inside
            })
    void takesTheNearestHopThatIsNoTrustedProxy(String peer, String line, String client) {
        assertThat(client("X-Forwarded-For", peer, line)).isEqualTo(client);
    }

    @Test
    void readsSeveralLinesAsOne() {
        assertThat(client("X-Forwarded-For", "10.0.0.1", "203.0.113.9", "198.51.100.7, 10.1.1.1"))
                .isEqualTo("198.51.100.7");
    }

    @Test
    void takesThePeerWhereNothingIsSaid() {
        assertThat(client("X-Forwarded-For", "10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(client("X-Forwarded-For", "192.0.2.1")).isEqualTo("192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=198.51.100.7 | 198.51.100.7",
                "For=203.0.113.9;proto=http, by=10.0.0.2;FOR=198.51.100.7;proto=https | 198.51.100.7",
                "for=\"[2001:db8::7]:4711\" | 2001:db8:0:0:0:0:0:7",
                "for=\"203.0.113.9, for=198.51.100.7 | 198.51.100.7", // an open quote of the client's
                "for=203.0.113.9, for=_hidden | 10.0.0.1",
                "for=203.0.113.9, proto=https | 10.0.0.1",
            })
    void readsForwarded(String line, String client) {
        assertThat(client("Forwarded", "10.0.0.1", line)).isEqualTo(client);
    }

    @Test
    void readsNoOtherHeaderThanTheOneThatProxiesWrite() {
        var headers = WritableHeaders.create();
        headers.set(HeaderNames.create("Forwarded"), "for=203.0.113.9");
        headers.set(HeaderNames.create("X-Forwarded-For"), "198.51.100.7");
        assertThat(new Proxies(TRUSTED, "x-forwarded-for").client(InetAddress.ofLiteral("10.0.0.1"), headers))
                .isEqualTo(InetAddress.ofLiteral("198.51.100.7"));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.129, true",
        "0.0.0.0/0, 198.51.100.7, true",
        "0.0.0.0/0, ::1, false",
        "fd00::1, fd00::1, true",
        "fd00::1, fd00::2, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void knowsWhatIsInARange(String range, String address, boolean contained) {
        assertThat(Subnet.parse(range).orElseThrow().contains(InetAddress.ofLiteral(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "/8",
                "fd00::/129",
                "1",
                "::g",
                "fe80::1%lo",
                "10.0.0.0/8/8",
                "999.0.0.1"
            })
    void refusesWhatIsNoRange(String text) {
        assertThat(Subnet.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8::ffff:1, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "0.0.0.0, ::, false",
        "192.0.2.1, ::ffff:192.0.2.1, true",
    })
    void countsAddressesOfOneSubscriberTogether(String one, String other, boolean together) {
        assertThat(Address.of(InetAddress.ofLiteral(one)).equals(Address.of(InetAddress.ofLiteral(other))))
                .isEqualTo(together);
    }
}
