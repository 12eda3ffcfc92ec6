package dev.fanfare.clients;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.signing.Signer;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// A webhook secret and what the dispatcher signs with it.
final class SigningSecret {
    private static final KeyRing RING = new KeyRing(Map.of("k1", new byte[KeyRing.KEY_BYTES]), "k1");
    private static final Signer SIGNER = new Signer(RING);

    private final Secrets.Made made = new Secrets(RING).symmetric(Instant.now());

    String text() {
        return made.text();
    }

    /// The headers of a request, with a signature of each secret, this one's first.
    Map<String, String> sign(String id, Instant at, byte[] body, SigningSecret... others) {
        var secrets = Stream.concat(Stream.of(this), Stream.of(others))
                .map(secret -> secret.made.secret())
                .toList();
        return SIGNER.headers(endpoint(secrets), id, at, body);
    }

    private static Endpoint endpoint(List<SealedSecret> secrets) {
        var now = Instant.now();
        return new Endpoint(
                EndpointId.random(),
                Message.DEFAULT_TENANT,
                EndpointSettings.of(URI.create("http://localhost/hook"), List.of(ChannelPattern.parse("**"))),
                secrets,
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                now,
                now);
    }
}
