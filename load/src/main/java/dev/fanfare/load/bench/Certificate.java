package dev.fanfare.load.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A certificate for 127.0.0.1 that nobody else has issued, made by the JDK's keytool.
///
/// @param keystore PKCS#12, with its key
/// @param pem for those who trust it
record Certificate(Path keystore, Path pem) {
    static final String PASSWORD = "for-this-bench"; // of a key that is thrown away with the folder

    /// @param folder for its files
    static Certificate in(Path folder) {
        var made = new Certificate(folder.resolve("server.p12"), folder.resolve("server.pem"));
        made.keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1");
        made.keytool("-exportcert", "-rfc", "-file", made.pem.toString());
        if (!Files.exists(made.pem)) {
            throw new IllegalStateException("keytool has not made " + made.pem);
        }
        return made;
    }

    private void keytool(String action, String... options) {
        var command = new ArrayList<>(List.of(Java.tool("keytool"), action));
        command.addAll(List.of(options));
        command.addAll(List.of("-alias", "server", "-keystore", keystore.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        var _ = Machine.said(command);
    }
}
