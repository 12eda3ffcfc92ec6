package dev.fanfare.quickstart;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// The gateway that the tests run: the one that Maven has packaged, or, where it is not there, a stub.
///
/// @param file the jar
/// @param real whether it is the gateway
record GatewayJar(Path file, boolean real) {
    static GatewayJar find(Path folder) throws Exception {
        var packaged = Repository.ROOT.resolve("gateway/target/fanfare-gateway.jar");
        var real = Files.exists(packaged) && isWhole(packaged);
        return new GatewayJar(real ? packaged : stub(folder.resolve("stub.jar")), real);
    }

    private static boolean isWhole(Path packaged) throws IOException {
        try (var jar = new JarFile(packaged.toFile())) {
            return jar.getEntry("dev/fanfare/gateway/app/Main.class") != null;
        }
    }

    private static Path stub(Path file) throws IOException, URISyntaxException {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, StubGateway.class.getName());
        var classes = StubGateway.class.getProtectionDomain().getCodeSource().getLocation();
        attributes.put(Attributes.Name.CLASS_PATH, classes.toURI().toString());
        Files.createDirectories(file.getParent());
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
        return file;
    }
}
