package dev.fanfare.gateway.faults;

import dev.fanfare.gateway.app.Main;
import dev.fanfare.gateway.e2e.Node;
import dev.fanfare.gateway.e2e.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A gateway as a process of its own, with a configuration file: on another port each time that it is started. Anybody
/// may do everything with it.
final class GatewayProcess implements Node, AutoCloseable {
    private final Path output;
    private final Path configuration;
    private final String host;
    private final List<String> prefix;
    private final Map<String, String> environment;
    private @Nullable JavaProcess process;
    private volatile @Nullable InetSocketAddress address;

    /// @param name of its files
    /// @param host that it listens on
    /// @param prefix a command that runs it, or nothing
    GatewayProcess(
            Path dir,
            String name,
            List<String> settings,
            String host,
            List<String> prefix,
            Map<String, String> environment)
            throws IOException {
        this.output = dir.resolve(name + ".log");
        this.configuration = dir.resolve(name + ".yaml");
        this.host = host;
        this.prefix = prefix;
        this.environment = environment;
        var lines = new ArrayList<>(settings);
        lines.addAll(List.of(
                "server.host: " + host,
                "server.port: 0",
                "feed.refresh: 1s",
                "access.anonymous.subscribe: '**'",
                "access.anonymous.publish: '**'",
                "limits.address: {connections: 0, sessions: 0, connects-per-second: 0, replays: 0}"));
        Files.write(configuration, lines);
    }

    static GatewayProcess local(Path dir, String name, List<String> settings) throws IOException {
        return new GatewayProcess(dir, name, settings, "127.0.0.1", List.of(), Map.of());
    }

    /// Starts it, and returns once it is ready.
    GatewayProcess start() throws IOException {
        var started = JavaProcess.start(output, prefix, environment, Main.class, "--config", configuration.toString());
        process = started;
        int port = Integer.parseInt(started.await("listens on http://[^:]+:(\\d+)"));
        address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
        awaitReady();
        return this;
    }

    void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get("/health/ready").startsWith("200"));
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.ofNullable(address);
    }

    /// The status, a line's end, and the body.
    String get(String path) throws IOException {
        return Wire.get(address().orElseThrow(), path);
    }

    /// The sum of a metric over those of its labels that contain a text.
    long metric(String name, String label) throws IOException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /// What it has logged since it was started.
    String said() {
        return process == null ? "" : process.said();
    }

    /// By SIGKILL. Clients are told nothing, and go on trying to connect to it for a while.
    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
