package dev.fanfare.gateway.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.config.TlsSettings.ClientAuth;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What the files of `server.tls` held when they were read: certificate, key, and who issues clients' certificates.
/// Every problem is an `IllegalArgumentException` that names the key and the file, and shows nothing secret.
final class Credentials {
    private static final String SECTION = "server.tls.";
    private static final int FILE_MAX = 1 << 20;
    private static final char[] IN_MEMORY = "in memory only".toCharArray();

    private final TlsSettings settings;
    private final Map<String, byte[]> files = new LinkedHashMap<>(); // by key
    private final byte[] fingerprint;

    private Credentials(TlsSettings settings) {
        this.settings = settings;
        read("certificate-file", settings.certificateFile());
        read("private-key-file", settings.privateKeyFile());
        read("keystore-file", settings.keystoreFile());
        read("keystore-password-file", settings.keystorePasswordFile());
        read("trust-file", settings.trustFile());
        this.fingerprint = digest();
    }

    static Credentials read(TlsSettings settings) {
        return new Credentials(settings);
    }

    /// The same for the same content of all files.
    byte[] fingerprint() {
        return fingerprint.clone();
    }

    private void read(String key, Optional<String> file) {
        file.ifPresent(path -> {
            try (var in = Files.newInputStream(Path.of(path))) {
                files.put(key, in.readNBytes(FILE_MAX));
            } catch (IOException | RuntimeException unreadable) {
                throw refused(key, "cannot be read: " + unreadable.getClass().getSimpleName());
            }
        });
    }

    private byte[] digest() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            files.forEach((key, bytes) -> {
                digest.update((key + bytes.length).getBytes(UTF_8));
                digest.update(bytes);
            });
            return digest.digest();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private IllegalArgumentException refused(String key, String why) {
        var file = switch (key) {
            case "certificate-file" -> settings.certificateFile();
            case "private-key-file" -> settings.privateKeyFile();
            case "keystore-file" -> settings.keystoreFile();
            case "keystore-password-file" -> settings.keystorePasswordFile();
            default -> settings.trustFile();
        };
        return new IllegalArgumentException("%s%s: the file '%s' %s".formatted(SECTION, key, file.orElse(""), why));
    }

    private byte[] content(String key) {
        return files.getOrDefault(key, new byte[0]);
    }

    /// What connections are made with.
    ///
    /// @param expiry of the server's certificate
    record Ready(SSLContext context, Instant expiry) {}

    Ready ready() {
        try {
            var store = settings.keystoreFile().isPresent() ? keystore() : pemFiles();
            var password = settings.keystoreFile().isPresent() ? password() : IN_MEMORY;
            var keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(store, password);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust(), null);
            return new Ready(context, expiry(store));
        } catch (GeneralSecurityException | IOException fault) {
            throw new IllegalArgumentException("server.tls: TLS cannot be set up: " + fault);
        }
    }

    private KeyStore pemFiles() throws GeneralSecurityException, IOException {
        var chain = certificates("certificate-file");
        PrivateKey key;
        try {
            key = Pem.privateKey(new String(content("private-key-file"), ISO_8859_1));
        } catch (IllegalArgumentException bad) {
            throw refused("private-key-file", String.valueOf(bad.getMessage()));
        }
        if (!belong(key, chain[0].getPublicKey())) {
            throw refused(
                    "private-key-file",
                    "has another key than that of the first certificate in '%s'"
                            .formatted(settings.certificateFile().orElse("")));
        }
        var store = empty();
        try {
            store.setKeyEntry("server", key, IN_MEMORY, chain);
        } catch (GeneralSecurityException noChain) {
            throw refused(
                    "certificate-file",
                    "has certificates that are no chain: first the server's, then each one that issued the one before");
        }
        return store;
    }

    private KeyStore keystore() throws GeneralSecurityException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content("keystore-file")), password());
            for (var alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return store;
                }
            }
        } catch (IOException bad) {
            throw refused(
                    "keystore-file",
                    bad.getCause() instanceof GeneralSecurityException
                            ? "does not open with the password that is given"
                            : "is no PKCS#12 file");
        }
        throw refused("keystore-file", "has no private key");
    }

    private char[] password() {
        return settings.keystorePassword()
                .orElseGet(() -> new String(content("keystore-password-file"), UTF_8).strip())
                .toCharArray();
    }

    /// Null where no client shows a certificate.
    private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException {
        if (settings.clientAuth() == ClientAuth.NONE) {
            return null;
        }
        var store = empty();
        int number = 0;
        for (var certificate : certificates("trust-file")) {
            store.setCertificateEntry("issuer-" + number++, certificate);
        }
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private Certificate[] certificates(String key) {
        try {
            var found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(content(key)))
                    .toArray(Certificate[]::new);
            if (found.length > 0) {
                return found;
            }
        } catch (CertificateException bad) {
            // as if there were none
        }
        throw refused(key, "has no certificate that can be read: it must be X.509 in PEM");
    }

    /// Whether what the one signs the other verifies.
    private static boolean belong(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        var name = switch (certified.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> certified.getAlgorithm();
        };
        try {
            var probe = "fanfare".getBytes(UTF_8);
            var signer = Signature.getInstance(name);
            signer.initSign(key);
            signer.update(probe);
            var verifier = Signature.getInstance(name);
            verifier.initVerify(certified);
            verifier.update(probe);
            return verifier.verify(signer.sign());
        } catch (java.security.InvalidKeyException | java.security.SignatureException another) {
            return false;
        }
    }

    /// When the first of the server's certificates expires.
    private static Instant expiry(KeyStore store) throws GeneralSecurityException {
        var first = Instant.MAX;
        for (var alias : Collections.list(store.aliases())) {
            if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                var end = certificate.getNotAfter().toInstant();
                first = end.isBefore(first) ? end : first;
            }
        }
        return first;
    }
}
