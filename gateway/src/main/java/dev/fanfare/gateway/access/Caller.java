package dev.fanfare.gateway.access;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Who asks, and what they may.
///
/// @param token empty for anybody
/// @param tokensHelp whether there are issuers whose tokens could allow more
public record Caller(Optional<Token> token, Grant grant, boolean tokensHelp) {
    private static final int SHOWN_MAX = 10;

    /// Whether all of these may be subscribed to.
    ///
    /// @throws ProblemException names the first that may not, and what may
    public void checkSubscribe(List<ChannelPattern> patterns) {
        for (var pattern : patterns) {
            if (!grant.maySubscribe(pattern)) {
                throw refused("subscribe to", pattern.text(), grant.subscribe());
            }
        }
    }

    /// Whether an event with this key may be published.
    ///
    /// @param key made a channel as a route with `{key}` makes it one
    /// @throws ProblemException names the channel, and what may be published to
    public void checkPublish(String key) {
        var channel = ChannelName.escaped(key);
        if (!grant.mayPublish(channel)) {
            throw refused("publish to", channel.map(ChannelName::value).orElse("that key"), grant.publish());
        }
    }

    /// Whether anything at all is allowed.
    ///
    /// @throws ProblemException if this is anybody, and anybody may nothing
    public void checkKnown() {
        if (token.isEmpty() && grant.subscribe().isEmpty() && grant.publish().isEmpty()) {
            throw Refusals.nobody("the request has no token: send 'Authorization: Bearer' and one"
                    + (tokensHelp ? "" : " (the operator has configured no issuer and no anonymous access yet)"));
        }
    }

    /// The same without what its grant was made of, for who keeps it for long.
    public Caller withoutClaims() {
        return new Caller(token.map(Token::withoutClaims), grant, tokensHelp);
    }

    private ProblemException refused(String what, String channel, List<ChannelPattern> granted) {
        var allowed = granted.isEmpty()
                ? "nothing"
                : granted.stream()
                        .limit(SHOWN_MAX)
                        .map(ChannelPattern::text)
                        .collect(Collectors.joining(", ", "", granted.size() > SHOWN_MAX ? ", ..." : ""));
        var faults = grant.faults().isEmpty() ? "" : "; " + String.join("; ", grant.faults());
        if (token.isPresent()) {
            return Refusals.forbidden(
                    "the token does not allow to %s '%s': it allows %s%s".formatted(what, channel, allowed, faults));
        }
        var detail = "it takes a token to %s '%s': without one, %s is allowed".formatted(what, channel, allowed);
        return tokensHelp ? Refusals.nobody(detail) : Refusals.forbidden(detail);
    }
}
