package dev.fanfare.load.bench;

import dev.fanfare.load.wire.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/// Fanfare's gateway, with the flags of `./fanfare gateway` and the settings that it has by default.
final class Gateway extends Served {
    private static final int CONNECTIONS_MAX = 19_500; // the limit of open files is 20,000 in many places

    private final Path jar;
    private final Processes processes;
    private final Broker broker;
    private final Kind kind;
    private final List<String> jvm;
    private final int port = Child.freePort();
    private final Map<Kind, Gateway> others = new EnumMap<>(Kind.class);
    private @Nullable Certificate certificate;

    enum Kind {
        USUAL("gateway"),
        /// Each event goes out in a write of its own.
        SINGLE("gateway-single"),
        /// Clients speak TLS.
        TLS("gateway-tls");

        private final String folder;

        Kind(String folder) {
            this.folder = folder;
        }
    }

    /// @param jvm flags
    Gateway(Path jar, Processes processes, Broker broker, Kind kind, List<String> jvm) {
        this.jar = jar;
        this.processes = processes;
        this.broker = broker;
        this.kind = kind;
        this.jvm = List.copyOf(jvm);
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public String description() {
        return "Fanfare's gateway behind Kafka";
    }

    @Override
    public Optional<String> missing() {
        return Contender.unless(Files.exists(jar), "%s is not there: ./fanfare bench builds it".formatted(jar));
    }

    @Override
    public Optional<String> refuses(Load load) {
        return Optional.empty();
    }

    @Override
    Child launch() throws InterruptedException {
        broker.start();
        if (kind == Kind.TLS && certificate == null) {
            certificate = Certificate.in(processes.folder(kind.folder));
        }
        var command = Java.command(
                "-XX:+UseCompactObjectHeaders",
                "-XX:G1PeriodicGCInterval=15000",
                "-Xmn16m",
                "-XX:MaxTenuringThreshold=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow");
        command.addAll(jvm);
        var config = processes.write(kind.folder, "gateway.yaml", config());
        command.addAll(List.of("-jar", jar.toString(), "--config", config.toString()));
        return processes.start(kind.folder, command).await(this::isReady);
    }

    /// Where the records go.
    String kafka() {
        return broker.servers();
    }

    private String config() {
        return """
                server:
                  port: %d
                  connections-max: %d
                %skafka:
                  bootstrap.servers: "%s"
                routes:
                  - topics: [%s]
                    channels: ["{key}"]
                access:
                  anonymous:
                    subscribe: ["**"]
                limits:
                  sessions: 0
                  connects-per-second: 0
                  unwritten-bytes: 1024GiB
                  address: {connections: 0, handshakes-per-second: 0, sessions: 0, connects-per-second: 0, replays: 0}
                shutdown: {notice: 0s, drain: 0s, deadline: 5s}
                session:
                  write-bytes: %s
                """.formatted(
                port, CONNECTIONS_MAX, tls(), broker.servers(), Broker.TOPIC, kind == Kind.SINGLE ? "1" : "64KiB");
    }

    private String tls() {
        return certificate == null
                ? ""
                : "  tls:\n    keystore-file: \"%s\"\n    keystore-password: \"%s\"\n"
                        .formatted(certificate.keystore(), Certificate.PASSWORD);
    }

    private boolean isReady() {
        try {
            var connection = (HttpURLConnection)
                    URI.create(root() + "/health/ready").toURL().openConnection(Proxy.NO_PROXY);
            if (certificate != null) {
                ((HttpsURLConnection) connection)
                        .setSSLSocketFactory(Trust.of(certificate.pem()).getSocketFactory());
            }
            connection.setReadTimeout(2000);
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    private String root() {
        return "%s://127.0.0.1:%d".formatted(certificate == null ? "http" : "https", port);
    }

    @Override
    List<String> target(Load load) {
        var options = new ArrayList<>(List.of("--url", root() + "/v1/events"));
        if (certificate != null) {
            options.addAll(List.of("--tls-trust", certificate.pem().toString()));
        }
        return options;
    }

    @Override
    List<String> publisher() {
        return List.of("--publisher", "kafka", "--kafka", broker.servers(), "--topic", Broker.TOPIC);
    }

    @Override
    public void settle() {
        process().ifPresent(process -> {
            try {
                new ProcessBuilder(Java.tool("jcmd"), Long.toString(process.pid()), "GC.run")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectErrorStream(true)
                        .start()
                        .waitFor();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public Optional<Contender> single() {
        return Optional.of(other(Kind.SINGLE));
    }

    @Override
    public Optional<Contender> secured() {
        return Optional.of(other(Kind.TLS));
    }

    private Gateway other(Kind wanted) {
        return others.computeIfAbsent(wanted, kindOf -> new Gateway(jar, processes, broker, kindOf, jvm));
    }

    @Override
    public void close() {
        super.close();
        others.values().forEach(Gateway::close);
    }
}
