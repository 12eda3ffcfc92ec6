package dev.fanfare.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells whether two requests with the same `Idempotency-Key` are the same request.
final class Fingerprint {
    /// An HTTP client gives each try its own; it is the same request all the same.
    private static final Set<String> PER_TRY = Set.of("traceparent", "tracestate");

    private Fingerprint() {}

    /// SHA-256 over keys, values and headers; the order of the headers does not count.
    static String of(List<Outgoing> events) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var event : events) {
                add(digest, bytes(event.key()));
                add(digest, event.value());
                event.headers().stream()
                        .filter(header -> !PER_TRY.contains(header.name()))
                        .sorted(Comparator.comparing(Outgoing.Header::name))
                        .forEach(header -> {
                            add(digest, bytes(header.name()));
                            add(digest, bytes(header.value()));
                        });
                add(digest, null);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has SHA-256
        }
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    /// The length goes first, so that no two lists of parts run into each other.
    private static void add(MessageDigest digest, byte @Nullable [] part) {
        digest.update(
                ByteBuffer.allocate(4).putInt(part == null ? -1 : part.length).flip());
        if (part != null) {
            digest.update(part);
        }
    }
}
