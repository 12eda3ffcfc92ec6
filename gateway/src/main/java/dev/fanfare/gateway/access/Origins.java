package dev.fanfare.gateway.access;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.EditDistance;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which pages in browsers may use the gateway: those of its own origin, and those whose origin (RFC 6454 §6.2)
/// `server.origins` lists. Programs that are no browser name no origin and are not meant: they could name any.
/// Thread-safe.
public final class Origins {
    public static final String ANY = "*";

    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final String SAME = "same-origin";
    private static final String ANY_PORT = ":*";
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    private static final String OPAQUE = "null"; // of sandboxed frames and files, whoever they come from

    private final Set<String> listed;
    private final Set<String> withAnyPort; // without the port
    private final boolean encrypted;
    private final boolean cookies;

    public Origins(GatewaySettings settings) {
        this(
                settings.server().origins(),
                settings.server().tls().isOn(),
                settings.access().cookie().name().isPresent());
    }

    /// @param listed as browsers write them, `http://localhost:*` for those with any port or none, or [#ANY]
    /// @param encrypted whether the gateway itself speaks TLS
    /// @param cookies whether they may hold a token
    public Origins(List<String> listed, boolean encrypted, boolean cookies) {
        this.listed = Set.copyOf(listed);
        this.withAnyPort = listed.stream()
                .filter(origin -> origin.endsWith(ANY_PORT))
                .map(origin -> origin.substring(0, origin.length() - ANY_PORT.length()))
                .collect(Collectors.toUnmodifiableSet());
        this.encrypted = encrypted;
        this.cookies = cookies;
    }

    /// Whether other pages than the gateway's own may do anything.
    public boolean areListed() {
        return !listed.isEmpty();
    }

    /// With whom an answer is shared, as `Access-Control-Allow-Origin` says it (Fetch §3.3.3); empty: with nobody.
    public Optional<String> shared(Headers headers) {
        var origin = origin(headers);
        if (origin.filter(this::isNamed).isPresent()) {
            return origin;
        }
        return origin.map(_ -> ANY).filter(listed::contains);
    }

    /// Whether a page may have the browser send its cookies: never one that only [#ANY] lets in.
    public boolean takesCookies(String shared) {
        return cookies && !shared.equals(ANY);
    }

    /// Browsers let any page open a WebSocket, and leave it to the server to refuse (RFC 6455 §10.2).
    ///
    /// @throws ProblemException if the page that asks may not
    public void checkSocket(Headers headers) {
        var origin = origin(headers);
        if (origin.isPresent() && shared(headers).isEmpty() && !isOwn(origin.get(), headers)) {
            throw foreign(headers);
        }
    }

    /// The answer to a page that may not.
    public static ProblemException foreign(Headers headers) {
        return new ProblemException(
                ErrorCode.FOREIGN_ORIGIN,
                "pages of '%s' may not use this gateway: the operator can add that origin to server.origins"
                        .formatted(EditDistance.cut(origin(headers).orElse(""))));
    }

    /// Browsers name the page's origin for WebSockets and across origins, and elsewhere say whether it is the same
    /// (Fetch Metadata §2.3). Without either word any page could have a browser send its cookies.
    boolean mayUseCookie(Headers headers) {
        return origin(headers)
                .map(origin -> isNamed(origin) || isOwn(origin, headers))
                .orElseGet(() -> lines(headers, FETCH_SITE).equals(List.of(SAME)));
    }

    private boolean isNamed(String origin) {
        return !origin.equals(ANY)
                && (listed.contains(origin)
                        || withAnyPort.contains(PORT.matcher(origin).replaceFirst("")));
    }

    /// As the browser says, which knows better what its user sees than who stands behind a proxy; where it does not
    /// say, by `Host`. Without TLS here there may be some before us.
    private boolean isOwn(String origin, Headers headers) {
        if (origin.equals(OPAQUE)) {
            return false;
        }
        var site = lines(headers, FETCH_SITE);
        if (!site.isEmpty()) {
            return site.equals(List.of(SAME));
        }
        var host = headers.first(HeaderNames.HOST).map(name -> name.toLowerCase(Locale.ROOT));
        return host.isPresent()
                && (origin.equals("https://" + host.get()) || (!encrypted && origin.equals("http://" + host.get())));
    }

    /// Several are no origin that could be listed.
    private static Optional<String> origin(Headers headers) {
        var origins = lines(headers, HeaderNames.ORIGIN);
        return origins.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", origins));
    }

    private static List<String> lines(Headers headers, HeaderName name) {
        return headers.contains(name) ? headers.get(name).allValues() : List.of();
    }
}
