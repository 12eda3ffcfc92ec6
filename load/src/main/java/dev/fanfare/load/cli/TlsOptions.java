package dev.fanfare.load.cli;

import dev.fanfare.load.wire.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whom everything trusts that connects with TLS.
final class TlsOptions {
    @Option(
            names = "--tls-trust",
            paramLabel = "FILE.pem",
            description = "certificates of those who issue the servers', instead of the JDK's own")
    private @Nullable Path trust;

    @Option(names = "--tls-insecure", description = "check no server's certificate")
    private boolean insecure;

    private @Nullable SSLContext context;

    /// The same for all, as sessions are resumed by it.
    SSLContext context() {
        if (context == null) {
            context = make();
        }
        return context;
    }

    /// Before anything is started, whether it is used or not.
    void check() {
        if (insecure || trust != null) {
            var _ = context();
        }
    }

    /// What the report says of it: nothing if certificates are checked.
    Map<String, Object> settings() {
        return insecure ? Map.of("tls", "no certificate was checked") : Map.of();
    }

    private SSLContext make() {
        if (insecure && trust != null) {
            throw new Misuse("--tls-insecure checks no certificate, so --tls-trust %s has no use: leave one out"
                    .formatted(trust));
        }
        try {
            if (insecure) {
                return Trust.blind();
            }
            return trust == null ? SSLContext.getDefault() : Trust.of(trust);
        } catch (IOException | GeneralSecurityException failure) {
            throw new Misuse("--tls-trust %s cannot be used: %s; use a file of certificates in PEM"
                    .formatted(trust, failure.getMessage()));
        }
    }
}
