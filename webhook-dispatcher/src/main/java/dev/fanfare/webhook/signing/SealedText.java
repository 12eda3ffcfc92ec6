package dev.fanfare.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.webhook.endpoint.SealedSecret;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// Texts that hold secrets, encrypted like these: the key's id, a colon, and base64 of nonce and ciphertext.
/// Thread-safe.
public final class SealedText {
    private final KeyRing ring;
    private final String purpose;

    /// @param purpose what the texts are for: what was sealed for one does not open for another
    public SealedText(KeyRing ring, String purpose) {
        this.ring = ring;
        this.purpose = purpose;
    }

    public String seal(String text) {
        var sealed = ring.seal(purpose, "text", text.getBytes(UTF_8), new byte[0], Instant.EPOCH);
        return sealed.keyId() + ":" + Base64.getEncoder().encodeToString(sealed.sealed());
    }

    /// What [#seal] was given.
    ///
    /// @throws UnsealableException if no configured key opens it
    /// @throws IllegalArgumentException if [#seal] has not made it
    public String open(String sealed) {
        int cut = sealed.lastIndexOf(':');
        if (cut < 0) {
            throw new IllegalArgumentException("no sealed text: it names no key");
        }
        var bytes = Base64.getDecoder().decode(sealed.substring(cut + 1));
        return new String(
                ring.open(new SealedSecret(
                        purpose,
                        "text",
                        sealed.substring(0, cut),
                        bytes,
                        new byte[0],
                        Instant.EPOCH,
                        Optional.empty())),
                UTF_8);
    }
}
