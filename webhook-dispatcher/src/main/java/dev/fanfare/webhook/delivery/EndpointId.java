package dev.fanfare.webhook.delivery;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/// Names an endpoint: `ep_` and 20 random characters.
public record EndpointId(String value) {
    private static final Pattern SHAPE = Pattern.compile("ep_[A-Za-z0-9_-]{20}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Checks the shape.
    ///
    /// @throws IllegalArgumentException if it has not the shape
    public EndpointId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not the id of an endpoint: it is ep_ and 20 characters");
        }
    }

    /// Whether an endpoint could have this id.
    public static boolean isValid(String text) {
        return SHAPE.matcher(text).matches();
    }

    /// A new one.
    public static EndpointId random() {
        var bytes = new byte[15];
        RANDOM.nextBytes(bytes);
        return new EndpointId("ep_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return value;
    }
}
