package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.SettingsCodec;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Endpoints as their owners see them: the settings, and what the dispatcher knows of them. Values of headers that look
/// like credentials are masked; the mask, sent back, stands for the value that is stored.
final class EndpointJson {
    static final String MASK = "***";

    /// What only the dispatcher sets. In updates it is accepted and not looked at, so that what was read may be sent
    /// back; but the id, if it is there, must be the endpoint's.
    static final List<String> READ_ONLY = List.of(
            "id",
            "disabledReason",
            "pausedUntil",
            "failingSince",
            "allowedRate",
            "publicKeys",
            "createdAt",
            "updatedAt");

    /// What an owner sets.
    static final List<String> WRITABLE =
            Stream.concat(Stream.of("tenant"), SettingsCodec.FIELDS.stream()).toList();

    private static final Pattern CREDENTIAL =
            Pattern.compile("authorization|cookie|.*token.*|.*key.*|.*secret.*|.*password.*");

    private EndpointJson() {}

    static ObjectNode view(Endpoint endpoint) {
        var node = Json.object().put("id", endpoint.id().value()).put("tenant", endpoint.tenant());
        node.setAll(document(endpoint));
        if (node.get("headers") instanceof ObjectNode headers) {
            endpoint.settings().headers().keySet().stream()
                    .filter(EndpointJson::isCredential)
                    .forEach(name -> headers.put(name, MASK));
        }
        node.put("disabledReason", endpoint.disabledReason().orElse(null));
        node.put("pausedUntil", endpoint.pausedUntil().map(Object::toString).orElse(null));
        node.put("failingSince", endpoint.failingSince().map(Object::toString).orElse(null));
        endpoint.allowedRate()
                .ifPresentOrElse(rate -> node.put("allowedRate", rate), () -> node.putNull("allowedRate"));
        var keys = node.putArray("publicKeys");
        for (var secret : endpoint.secrets()) {
            if (secret.scheme().equals(Secrets.V1A)) {
                keys.addObject()
                        .put("id", secret.id())
                        .put("key", Secrets.PUBLIC_PREFIX + Base64.getEncoder().encodeToString(secret.publicKey()))
                        .put(
                                "expiresAt",
                                secret.expiresAt().map(Object::toString).orElse(null));
            }
        }
        return node.put("createdAt", endpoint.createdAt().toString())
                .put("updatedAt", endpoint.updatedAt().toString());
    }

    /// The settings in full, as a patch changes them. An endpoint that the dispatcher has disabled is not enabled, so
    /// that it does not come back because somebody changed something else.
    static ObjectNode document(Endpoint endpoint) {
        return SettingsCodec.write(endpoint.settings()).put("enabled", endpoint.isActive());
    }

    static boolean isCredential(String header) {
        return CREDENTIAL.matcher(header.toLowerCase(Locale.ROOT)).matches();
    }

    /// Puts what is stored in place of masks.
    static void unmask(ObjectNode document, Map<String, String> stored, Fields fields) {
        if (!(document.get("headers") instanceof ObjectNode headers)) {
            return;
        }
        var known = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        known.putAll(stored);
        for (var header : List.copyOf(headers.properties())) {
            var name = header.getKey();
            if (isCredential(name) && MASK.equals(header.getValue().textValue())) {
                var value = Optional.ofNullable(known.get(name));
                value.ifPresentOrElse(
                        there -> headers.put(name, there),
                        () -> fields.fault(
                                "headers",
                                "has the mask *** in place of the value of %s, which is not stored: give the value"
                                        .formatted(Fields.quoted(name))));
            }
        }
    }

    /// Whether the receiver has to be asked for its consent, again if it was asked for another address.
    static boolean needsHandshake(Optional<EndpointSettings> before, EndpointSettings after) {
        return after.handshake()
                && before.filter(EndpointSettings::handshake)
                        .filter(there -> there.url().equals(after.url()))
                        .isEmpty();
    }
}
