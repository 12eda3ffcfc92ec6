package dev.fanfare.load.hook;

import dev.fanfare.load.check.Micros;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Verifies the `v1` signatures of Standard Webhooks 1.0, with a timestamp within five minutes. Not thread-safe.
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";
    private static final long SECONDS_MAX = 300;

    private final Mac mac;

    /// @param secret `whsec_` and base64
    /// @throws IllegalArgumentException for what is none, without quoting it
    Signature(String secret) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(secret), ALGORITHM));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] key(String secret) {
        if (secret.startsWith(PREFIX)) {
            try {
                var key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
                if (key.length > 0) {
                    return key;
                }
            } catch (IllegalArgumentException notBase64) {
                // said below
            }
        }
        throw new IllegalArgumentException("the secret that the dispatcher has given is not whsec_ and base64");
    }

    /// Whether one of the signatures fits the body in `data[from, to)`.
    boolean verify(RequestHead head, byte[] data, int from, int to) {
        if (!isNow(head.timestamp())) {
            return false;
        }
        mac.update((head.id() + "." + head.timestamp() + ".").getBytes(StandardCharsets.UTF_8));
        mac.update(data, from, to - from);
        var right = Base64.getEncoder().encode(mac.doFinal());
        for (var signature : head.signature().split(" ", -1)) {
            if (signature.startsWith("v1,")
                    && MessageDigest.isEqual(signature.substring(3).getBytes(StandardCharsets.ISO_8859_1), right)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNow(String timestamp) {
        return timestamp.matches("\\d{1,15}")
                && Math.abs(Long.parseLong(timestamp) - Micros.now() / 1_000_000) <= SECONDS_MAX;
    }
}
