package dev.fanfare.webhook.delivery;

import java.util.Optional;

/// One message to one endpoint. As text both ids with `~` between them.
public record DeliveryId(MessageId message, EndpointId endpoint) {
    /// Reads what [#toString] wrote; empty for anything else.
    public static Optional<DeliveryId> parse(String text) {
        int cut = text.indexOf('~');
        if (cut < 0 || !EndpointId.isValid(text.substring(cut + 1))) {
            return Optional.empty();
        }
        return MessageId.parse(text.substring(0, cut))
                .map(message -> new DeliveryId(message, new EndpointId(text.substring(cut + 1))));
    }

    @Override
    public String toString() {
        return message + "~" + endpoint;
    }
}
