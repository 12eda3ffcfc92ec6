package dev.fanfare.load.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Somebody who issues certificates for servers, in a test's folder, by the JDK's keytool.
final class Authority {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path store;

    private Authority(Path folder) {
        this.folder = folder;
        store = folder.resolve("authority.p12");
    }

    /// @param folder of its own
    static Authority in(Path folder) throws IOException {
        var authority = new Authority(folder);
        authority.generate("authority", "bc:c");
        return authority;
    }

    /// Its own certificate, in PEM.
    Path certificate() throws IOException, GeneralSecurityException {
        var der = load().getCertificate("authority").getEncoded();
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                folder.resolve("authority.pem"),
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(text));
    }

    /// Of a server with that name, such as `ip:127.0.0.1`.
    SSLContext server(String name) throws IOException, GeneralSecurityException {
        var alias = "server-of-" + name.substring(name.indexOf(':') + 1);
        generate(alias, "san=" + name, "-signer", "authority");
        var all = load();
        var alone = KeyStore.getInstance("PKCS12");
        alone.load(null, null);
        alone.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(alone, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private void generate(String alias, String extension, String... more) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-alias", alias, "-keyalg", "EC", "-dname", "CN=" + alias, "-ext", extension));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
