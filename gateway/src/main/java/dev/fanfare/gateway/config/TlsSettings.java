package dev.fanfare.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// TLS of the gateway's port; off unless there is a certificate. What the files hold, and what goes together, is
/// checked where they are read.
///
/// @param certificateFile PEM: the certificate, and those between it and the root
/// @param privateKeyFile PEM: the certificate's key
/// @param keystoreFile PKCS#12, instead of these two
/// @param keystorePassword of the key store
/// @param keystorePasswordFile where the password is, instead
/// @param protocols versions in the JDK's names
/// @param clientAuth whether clients show a certificate
/// @param trustFile PEM: certificates of those who issue the clients'
/// @param reload how often the files are looked at
/// @param hsts how long browsers are told to use TLS only; zero: they are not told
public record TlsSettings(
        Optional<String> certificateFile,
        Optional<String> privateKeyFile,
        Optional<String> keystoreFile,
        Optional<String> keystorePassword,
        Optional<String> keystorePasswordFile,
        List<String> protocols,
        ClientAuth clientAuth,
        Optional<String> trustFile,
        Duration reload,
        Duration hsts) {
    public static final TlsSettings OFF = new TlsSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("TLSv1.3", "TLSv1.2"),
            ClientAuth.NONE,
            Optional.empty(),
            Duration.ofSeconds(10),
            Duration.ZERO);

    public TlsSettings {
        protocols = List.copyOf(protocols);
    }

    /// Whether there is any.
    public boolean isOn() {
        return certificateFile.isPresent() || keystoreFile.isPresent();
    }

    /// Everything but the password.
    @Override
    public String toString() {
        return ("TlsSettings[certificateFile=%s, privateKeyFile=%s, keystoreFile=%s, keystorePasswordFile=%s, "
                        + "protocols=%s, clientAuth=%s, trustFile=%s, reload=%s, hsts=%s]")
                .formatted(
                        certificateFile,
                        privateKeyFile,
                        keystoreFile,
                        keystorePasswordFile,
                        protocols,
                        clientAuth,
                        trustFile,
                        reload,
                        hsts);
    }

    /// Whether clients show a certificate in the handshake of TLS.
    public enum ClientAuth {
        NONE,
        /// Those who have one; it must be trusted then.
        WANT,
        /// All.
        NEED
    }
}
