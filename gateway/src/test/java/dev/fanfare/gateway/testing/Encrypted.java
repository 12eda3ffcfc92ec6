package dev.fanfare.gateway.testing;

import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.config.TlsSettings.ClientAuth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a test changes of the settings of TLS.
public final class Encrypted {
    public Optional<String> certificate = Optional.empty();
    public Optional<String> key = Optional.empty();
    public Optional<String> keystore = Optional.empty();
    public Optional<String> password = Optional.empty();
    public Optional<String> passwordFile = Optional.empty();
    public List<String> protocols = TlsSettings.OFF.protocols();
    public ClientAuth clientAuth = ClientAuth.NONE;
    public Optional<String> trust = Optional.empty();
    public Duration reload = Duration.ofMillis(100);
    public Duration hsts = Duration.ZERO;

    public static Encrypted with(Authority.Issued issued) {
        var encrypted = new Encrypted();
        encrypted.certificate = text(issued.certificate());
        encrypted.key = text(issued.key());
        return encrypted;
    }

    public static Optional<String> text(Path file) {
        return Optional.of(file.toString());
    }

    public TlsSettings tls() {
        return new TlsSettings(
                certificate, key, keystore, password, passwordFile, protocols, clientAuth, trust, reload, hsts);
    }

    public Server server() {
        return new Server("127.0.0.1", 0, 15_000, 4096, 65_536, true, tls());
    }
}
