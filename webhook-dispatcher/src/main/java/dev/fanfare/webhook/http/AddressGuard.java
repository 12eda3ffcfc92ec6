package dev.fanfare.webhook.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import okhttp3.Dns;
import okhttp3.HttpUrl;

/// Keeps calls off addresses that are not public, against server-side request forgery. It looks twice: at a URL when
/// an endpoint is saved, for a clear answer, and at each address when it is connected to, which is what counts, since
/// a name may lead elsewhere by then (DNS rebinding).
///
/// URLs are read by the parser that the calls use: what two parsers read differently is a way around a guard.
///
/// Threads: any.
public final class AddressGuard {
    private final EgressPolicy policy;
    private final Dns names;
    private final boolean proxied;

    /// @param proxied whether a proxy makes the connections: it may know names that are not known here
    AddressGuard(EgressPolicy policy, Dns names, boolean proxied) {
        this.policy = policy;
        this.names = names;
        this.proxied = proxied;
    }

    /// Looks at a URL that is to be saved. Blocks for as long as its name takes to resolve, a few seconds at most.
    ///
    /// @return why it may not be called: a sentence for the one who wrote it; empty if it may
    public Optional<String> check(URI uri) {
        var scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return Optional.of("The URL begins neither with https:// nor with http://.");
        }
        var authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        if (authority.indexOf('@') >= 0) {
            return Optional.of("The URL has a user name or password: put them into a header.");
        }
        if (authority.indexOf('%') >= 0) {
            return Optional.of("The URL's host has a percent sign: write the host as it is.");
        }
        var url = HttpUrl.parse(uri.toString());
        if (url == null) {
            return Optional.of("The URL is not well-formed.");
        }
        var refusal = refusal(url);
        return refusal.isPresent() || isAddress(url.host()) ? refusal : checkName(url);
    }

    /// Looks at a URL that is about to be called, without looking up its name.
    Optional<String> refusal(HttpUrl url) {
        if (policy.httpsOnly() && !url.isHttps()) {
            return Optional.of("The URL's scheme is http, and only https may be called.");
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            return Optional.of("The URL has a user name or password: put them into a header.");
        }
        if (!isPortAllowed(url.port())) {
            return Optional.of("The URL's port %d may not be called: %s may."
                    .formatted(url.port(), new TreeSet<>(policy.ports())));
        }
        if (!isAddress(url.host())) {
            return Literals.looksNumeric(url.host())
                    ? Optional.of("The URL's host is a number: write an IPv4 address as 192.0.2.1.")
                    : Optional.empty();
        }
        var address = Literals.parse(url.host());
        if (address.isEmpty()) {
            return Optional.of("The URL's host is neither a name nor an address.");
        }
        if (isAllowed(address.get(), url.port())) {
            return Optional.empty();
        }
        return Optional.of("The URL's address may not be called: it is %s."
                .formatted(SpecialAddresses.kindOf(address.get()).orElse("the dispatcher's own")));
    }

    /// Looks at an address that is about to be connected to.
    ///
    /// @throws ForbiddenAddressException if it may not be
    void permit(SocketAddress target) throws ForbiddenAddressException {
        if (!(target instanceof InetSocketAddress socket)
                || socket.isUnresolved()
                || !isPortAllowed(socket.getPort())
                || !isAllowed(socket.getAddress(), socket.getPort())) {
            throw new ForbiddenAddressException();
        }
    }

    private Optional<String> checkName(HttpUrl url) {
        try {
            return names.lookup(url.host()).stream().allMatch(address -> isAllowed(address, url.port()))
                    ? Optional.empty()
                    : Optional.of("The URL's host has an address that may not be called.");
        } catch (UnknownHostException unknown) {
            return proxied
                    ? Optional.empty()
                    : Optional.of("The URL's host has no address, or none was found in time.");
        }
    }

    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || Literals.parse(host).isPresent();
    }

    private boolean isPortAllowed(int port) {
        return policy.ports().isEmpty() || policy.ports().contains(port);
    }

    private boolean isAllowed(InetAddress address, int port) {
        var own = isOwn(address);
        if (own && policy.ownPorts().contains(port)) {
            return false;
        }
        return policy.allowed().stream().anyMatch(range -> range.contains(address))
                || (!own && SpecialAddresses.kindOf(address).isEmpty());
    }

    /// Whether it leads to this machine. Asked anew each time, for addresses come and go.
    private static boolean isOwn(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
