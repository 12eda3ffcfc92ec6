package dev.fanfare.gateway.config;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.service.access.IssuerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who may do what. The key of each component is its name in kebab case under `access`.
///
/// @param anonymous what anybody may who reaches the port
/// @param issuers whose tokens are taken
/// @param clockSkew how much the clocks of issuers and this machine may differ
/// @param claims where a token has its grants
/// @param grants what each token grants besides
/// @param queryToken whether a token is taken from `?access_token=`
/// @param cookie tokens in cookies
/// @param tickets one-use tickets for URLs
/// @param expiry what happens to a session whose token expires
/// @param revocations tokens that are taken back
/// @param managementScope the scope of a token that may take tokens back
/// @param operatorScope the scope of a token that may end sessions and move clients
public record AccessSettings(
        Anonymous anonymous,
        List<IssuerSettings> issuers,
        Duration clockSkew,
        Claims claims,
        Grants grants,
        boolean queryToken,
        Cookie cookie,
        Tickets tickets,
        Expiry expiry,
        Revocations revocations,
        String managementScope,
        String operatorScope) {
    public static final AccessSettings DEFAULT = new AccessSettings(
            new Anonymous(List.of(), List.of()),
            List.of(),
            Duration.ofSeconds(30),
            new Claims("fanfare.subscribe", "fanfare.publish", "scope"),
            new Grants(List.of(), List.of()),
            false,
            new Cookie(Optional.empty()),
            new Tickets(Optional.empty(), Duration.ofSeconds(30)),
            new Expiry(Duration.ofMinutes(1), Duration.ofSeconds(10)),
            new Revocations(Optional.empty()),
            "fanfare:manage",
            "fanfare:operate");

    public AccessSettings {
        issuers = List.copyOf(issuers);
    }

    /// What anybody may who reaches the port.
    public record Anonymous(List<ChannelPattern> subscribe, List<ChannelPattern> publish) {
        public Anonymous {
            subscribe = List.copyOf(subscribe);
            publish = List.copyOf(publish);
        }

        /// Whether that is anything.
        public boolean isAllowed() {
            return !subscribe.isEmpty() || !publish.isEmpty();
        }
    }

    /// Names of claims, with dots for members of members.
    ///
    /// @param subscribe patterns that may be subscribed to
    /// @param publish patterns that may be published to
    /// @param scope what `managementScope` is looked for in
    public record Claims(String subscribe, String publish, String scope) {}

    /// Patterns with claims in braces, such as `orders.{sub}.**`.
    public record Grants(List<String> subscribe, List<String> publish) {
        public Grants {
            subscribe = List.copyOf(subscribe);
            publish = List.copyOf(publish);
        }
    }

    /// Tokens in cookies.
    ///
    /// @param name of the cookie; none: no cookie is looked at
    public record Cookie(Optional<String> name) {}

    /// One-use tickets.
    ///
    /// @param keyFile the secret that all nodes share; none: one of this node's own
    /// @param life how long a ticket may be used
    public record Tickets(Optional<String> keyFile, Duration life) {}

    /// What happens to a session whose token expires.
    ///
    /// @param notice how long before it is told
    /// @param grace how long after it goes on
    public record Expiry(Duration notice, Duration grace) {}

    /// Tokens that are taken back.
    ///
    /// @param topic compacted; none: none are
    public record Revocations(Optional<String> topic) {}
}
