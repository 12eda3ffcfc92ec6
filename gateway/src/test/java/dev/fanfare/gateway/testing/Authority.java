package dev.fanfare.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certification authority of a test's own, in the test's folder, by the JDK's keytool.
public final class Authority {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path store;

    /// A certificate and its key, as files.
    public record Issued(Path certificate, Path key, Path keystore) {}

    private Authority(Path folder) {
        this.folder = folder;
        this.store = folder.resolve("authority.p12");
    }

    /// Makes one.
    ///
    /// @param folder of its own
    public static Authority in(Path folder) {
        var authority = new Authority(folder);
        authority.generate("authority", "EC", "-ext", "bc:c");
        return authority;
    }

    /// For `localhost`, or a client of that name.
    ///
    /// @param algorithm such as EC or RSA
    public Issued issue(String name, String algorithm) {
        generate(name, algorithm, "-signer", "authority", "-ext", "san=dns:localhost,ip:127.0.0.1");
        try {
            var all = load(store);
            var one = folder.resolve(name + ".p12");
            var key = all.getKey(name, PASSWORD.toCharArray());
            var chain = all.getCertificateChain(name);
            var alone = KeyStore.getInstance("PKCS12");
            alone.load(null, null);
            alone.setKeyEntry(name, key, PASSWORD.toCharArray(), chain);
            try (var out = Files.newOutputStream(one)) {
                alone.store(out, PASSWORD.toCharArray());
            }
            var text = new StringBuilder();
            for (var certificate : chain) {
                text.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return new Issued(
                    Files.writeString(folder.resolve(name + ".crt"), text),
                    Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded())),
                    one);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    /// Its own certificate, in PEM.
    public Path certificate() {
        try {
            var certificate = load(store).getCertificate("authority").getEncoded();
            return Files.writeString(folder.resolve("authority.crt"), pem("CERTIFICATE", certificate));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    /// What clients use that trust only this authority.
    ///
    /// @param own the certificate that the client has, if any
    public SSLContext clients(Issued... own) {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", load(store).getCertificate("authority"));
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            var keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(own.length == 0 ? null : load(own[0].keystore()), PASSWORD.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    public static String pem(String kind, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private void generate(String name, String algorithm, String... more) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(more));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
