package dev.fanfare.webhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private static final Dns NAMES = host -> switch (host) {
        case "public.example" -> List.of(InetAddress.ofLiteral("93.184.216.34"));
        case "inner.example" -> List.of(InetAddress.ofLiteral("10.0.0.5"));
        case "mixed.example" -> List.of(InetAddress.ofLiteral("93.184.216.34"), InetAddress.ofLiteral("127.0.0.1"));
        case "localhost" -> List.of(InetAddress.ofLiteral("127.0.0.1"));
        default -> throw new UnknownHostException(host);
    };

    private final AddressGuard guard = guard(EgressPolicy.STANDARD);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.0.0.0 | of this host or network",
                "0.1.2.3 | of this host or network",
                "0.255.255.255 | of this host or network",
                "10.0.0.0 | private",
                "10.255.255.255 | private",
                "100.64.0.1 | of a carrier's NAT",
                "100.100.100.200 | of a carrier's NAT",
                "100.127.255.255 | of a carrier's NAT",
                "127.0.0.1 | a loopback address",
                "127.0.0.53 | a loopback address",
                "127.255.255.255 | a loopback address",
                "168.63.129.16 | of a cloud's metadata service",
                "169.254.0.1 | link-local, where clouds have their metadata services",
                "169.254.169.254 | link-local, where clouds have their metadata services",
                "169.254.170.2 | link-local, where clouds have their metadata services",
                "172.16.0.1 | private",
                "172.31.255.255 | private",
                "192.0.0.1 | reserved for protocols",
                "192.0.0.192 | reserved for protocols",
                "192.0.2.1 | for documentation",
                "192.88.99.1 | of the 6to4 relays",
                "192.168.0.1 | private",
                "192.168.255.255 | private",
                "198.18.0.1 | for benchmarks",
                "198.19.255.255 | for benchmarks",
                "198.51.100.7 | for documentation",
                "203.0.113.9 | for documentation",
                "224.0.0.1 | multicast",
                "239.255.255.255 | multicast",
                "240.0.0.1 | reserved",
                "254.1.2.3 | reserved",
                "255.255.255.255 | the broadcast address",
                ":: | the unspecified address",
                "::1 | a loopback address",
                "::2 | an IPv4 address in IPv6 form",
                "::7f00:1 | an IPv4 address in IPv6 form",
                "::10.0.0.1 | an IPv4 address in IPv6 form",
                "::8.8.8.8 | an IPv4 address in IPv6 form",
                "::ffff:127.0.0.1 | a loopback address",
                "::ffff:7f00:1 | a loopback address",
                "::ffff:10.1.2.3 | private",
                "::ffff:169.254.169.254 | link-local, where clouds have their metadata services",
                "::ffff:0:127.0.0.1 | not a global unicast address",
                "64:ff9b::7f00:1 | an IPv4 address behind NAT64",
                "64:ff9b::8.8.8.8 | an IPv4 address behind NAT64",
                "64:ff9b:1::a00:1 | an IPv4 address behind NAT64",
                "64:ff9b:2::1 | not a global unicast address",
                "100::1 | for discarding",
                "100:0:0:1::1 | not a global unicast address",
                "200::1 | not a global unicast address",
                "2001::1 | an IPv4 address behind Teredo",
                "2001:0:53aa:64c:0:fbff:80ff:fffe | an IPv4 address behind Teredo",
                "2001:2::1 | reserved for protocols",
                "2001:10::1 | reserved for protocols",
                "2001:20::1 | reserved for protocols",
                "2001:db8::1 | for documentation",
                "2002:7f00:1:: | an IPv4 address behind 6to4",
                "2002:a9fe:a9fe::1 | an IPv4 address behind 6to4",
                "3fff::1 | for documentation",
                "3ffe::1 | of the former 6bone",
                "4000::1 | not a global unicast address",
                "5f00::1 | of segment routing",
                "fc00::1 | private",
                "fd00:ec2::254 | private",
                "fdff:ffff::1 | private",
                "fe80::1 | link-local",
                "febf::1 | link-local",
                "fec0::1 | site-local",
                "ff02::1 | multicast",
                "ff0e::1 | multicast",
            })
    void refusesAnAddressThatIsNotPublic(String address, String kind) throws Exception {
        assertThat(guard.check(url(address))).hasValue("The URL's address may not be called: it is " + kind + ".");
        assertThatThrownBy(() -> guard.permit(socket(address, 443))).isInstanceOf(ForbiddenAddressException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.1",
                "93.184.216.34",
                "100.63.255.255",
                "100.128.0.1",
                "126.255.255.255",
                "128.0.0.1",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.1",
                "172.15.255.255",
                "172.32.0.1",
                "192.0.1.1",
                "192.167.255.255",
                "192.169.0.1",
                "198.17.255.255",
                "198.20.0.1",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2003::1",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1",
                "3ffd::1",
            })
    void allowsAPublicAddress(String address) throws Exception {
        assertThat(guard.check(url(address))).isEmpty();
        guard.permit(socket(address, 443));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2130706433", // 127.0.0.1 as one number
                "0x7f000001",
                "017700000001",
                "127.1",
                "127.0.1",
                "0177.0.0.1",
                "0x7f.0.0.1",
                "0x7F.1",
                "010.0.0.1",
                "127.0.0.1.",
                "127.0.0.256",
                "1.2.3.4.5",
                "8.8.8.8.",
                "0",
                "host.0x1",
                "0x",
            })
    void refusesANumberThatSomeSoftwareReadsAsAnAddress(String host) {
        assertThat(guard.check(URI.create("https://" + host + "/")))
                .hasValue("The URL's host is a number: write an IPv4 address as 192.0.2.1.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://\uFF11\uFF12\uFF17.0.0.1/", // full-width digits
                "https://127\u30020\u30020\u30021/", // ideographic full stops
                "https://\u24DB\u24DE\u24D2\u24D0\u24DB\u24D7\u24DE\u24E2\u24E3/", // circled localhost
                "https://LOCALHOST/",
            })
    void readsInternationalHostsAsTheCallsWill(String url) {
        assertThat(guard.check(URI.create(url)))
                .isPresent()
                .hasValueSatisfying(why -> assertThat(why).contains("may not be called"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://public.example/ | neither with https:// nor with http://",
                "file:///etc/passwd | neither with https:// nor with http://",
                "mailto:a@public.example | neither with https:// nor with http://",
                "//public.example/ | neither with https:// nor with http://",
                "https://u:p@public.example/ | user name or password",
                "https://public.example@127.0.0.1/ | user name or password",
                "https://@public.example/ | user name or password",
                "https://127%2e0.0.1/ | percent sign",
                "https://[fe80::1%25eth0]/ | percent sign",
                "http://public.example/ | only https may be called",
                "https://public.example:22/ | port 22 may not be called: [80, 443] may",
                "https://public.example:8443/ | port 8443 may not be called",
                "https://inner.example/ | has an address that may not be called",
                "https://mixed.example/ | has an address that may not be called",
                "https://localhost/ | has an address that may not be called",
                "https://nowhere.example/ | has no address",
            })
    void saysWhyAUrlCannotBeCalled(String url, String why) {
        assertThat(guard.check(URI.create(url)))
                .hasValueSatisfying(text -> assertThat(text).contains(why));
    }

    @Test
    void allowsANameThatIsPublic() {
        assertThat(guard.check(URI.create("https://public.example/hook?a=b"))).isEmpty();
        assertThat(guard.check(URI.create("https://public.example:80/"))).isEmpty();
        assertThat(guard.check(URI.create("https://public.example./"))).isPresent(); // that name is not known
    }

    @Test
    void allowsWhatThePolicyAllows() throws Exception {
        var inside = guard(
                new EgressPolicy(List.of(Cidr.of("10.0.0.0/9"), Cidr.of("fd00::/8")), Set.of(8443), false, Set.of()));
        assertThat(inside.check(URI.create("http://10.127.255.255:8443/"))).isEmpty();
        assertThat(inside.check(URI.create("http://[fd12::1]:8443/"))).isEmpty();
        assertThat(inside.check(URI.create("http://inner.example:8443/"))).isEmpty();
        assertThat(inside.check(URI.create("http://10.128.0.0:8443/"))).isPresent();
        assertThat(inside.check(URI.create("http://10.0.0.1/"))).isPresent();
        inside.permit(socket("10.0.0.1", 8443));
        assertThatThrownBy(() -> inside.permit(socket("10.0.0.1", 443))).isInstanceOf(ForbiddenAddressException.class);
    }

    @Test
    void neverCallsTheDispatcherItself() throws Exception {
        var loopback = guard(
                new EgressPolicy(List.of(Cidr.of("127.0.0.0/8"), Cidr.of("::/0")), Set.of(), false, Set.of(8090)));
        assertThat(loopback.check(URI.create("http://127.0.0.1:9000/"))).isEmpty();
        assertThat(loopback.check(URI.create("http://127.0.0.1:8090/")))
                .hasValueSatisfying(why -> assertThat(why).contains("a loopback address"));
        loopback.permit(socket("127.0.0.1", 9000));
        for (var own : List.of("127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1")) {
            assertThatThrownBy(() -> loopback.permit(socket(own, 8090))).isInstanceOf(ForbiddenAddressException.class);
        }
    }

    @Test
    void refusesAnUnresolvedTarget() {
        assertThatThrownBy(() -> guard.permit(InetSocketAddress.createUnresolved("public.example", 443)))
                .isInstanceOf(ForbiddenAddressException.class);
    }

    @Test
    void doesNotNeedToKnowNamesThatAProxyKnows() {
        var proxied = new AddressGuard(EgressPolicy.STANDARD, NAMES, true);
        assertThat(proxied.check(URI.create("https://nowhere.example/"))).isEmpty();
        assertThat(proxied.check(URI.create("https://inner.example/"))).isPresent();
        assertThat(proxied.refusal(HttpUrl.get("https://169.254.169.254/"))).isPresent();
    }

    private static AddressGuard guard(EgressPolicy policy) {
        return new AddressGuard(policy, NAMES, false);
    }

    private static URI url(String address) {
        return URI.create(address.contains(":") ? "https://[" + address + "]/" : "https://" + address + "/");
    }

    private static InetSocketAddress socket(String address, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }
}
