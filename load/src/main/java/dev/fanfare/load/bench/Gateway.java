package dev.fanfare.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fanfare's gateway, with the flags of `./fanfare gateway` and the settings that it has by default.
final class Gateway implements Contender {
    private static final int CONNECTIONS_MAX = 19_500; // the limit of open files is 20,000 in many places

    private final Path jar;
    private final Path folder;
    private final Broker broker;
    private final boolean coalescing;
    private final List<String> jvm;
    private final int port = Child.freePort();
    private @Nullable Child child;
    private @Nullable Gateway single;

    /// @param coalescing whether what has come together goes out together
    /// @param jvm flags
    Gateway(Path jar, Path folder, Broker broker, boolean coalescing, List<String> jvm) {
        this.jar = jar;
        this.folder = folder;
        this.broker = broker;
        this.coalescing = coalescing;
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
    public void start() throws InterruptedException {
        if (child != null) {
            return;
        }
        broker.start();
        var name = coalescing ? "gateway" : "gateway-single";
        var command = Java.command(
                "-XX:+UseCompactObjectHeaders",
                "-XX:G1PeriodicGCInterval=15000",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow");
        command.addAll(jvm);
        command.addAll(List.of("-jar", jar.toString(), "--config", config(name).toString()));
        child = Child.start(name, folder, command).await(this::isReady);
    }

    /// Where the records go.
    String kafka() {
        return broker.servers();
    }

    private Path config(String name) {
        try {
            return Files.writeString(folder.resolve(name + ".yaml"), """
                    server:
                      port: %d
                      connections-max: %d
                    kafka:
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
                      address: {connections: 0, sessions: 0, connects-per-second: 0, replays: 0}
                    shutdown:
                      deadline: 5s
                    session:
                      write-bytes: %s
                    """.formatted(
                            port, CONNECTIONS_MAX, broker.servers(), Broker.TOPIC, coalescing ? "64KiB" : "1"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean isReady() {
        try {
            var url = URI.create("http://127.0.0.1:%d/health/ready".formatted(port))
                    .toURL();
            var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            connection.setReadTimeout(2000);
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public List<String> command(Load load, String channel) {
        var command = new ArrayList<String>();
        boolean quiet = load.scenario().equals(Load.QUIET);
        command.add(quiet ? "fanout" : load.scenario());
        command.addAll(load.arguments());
        command.addAll(List.of("--url", "http://127.0.0.1:%d/v1/events".formatted(port), "--channel", channel));
        command.addAll(
                quiet
                        ? List.of("--publisher", "none")
                        : List.of("--publisher", "kafka", "--kafka", broker.servers(), "--topic", Broker.TOPIC));
        process().ifPresent(process -> command.addAll(List.of("--server-pid", Long.toString(process.pid()))));
        return command;
    }

    @Override
    public Optional<ProcessHandle> process() {
        return Optional.ofNullable(child).flatMap(running -> ProcessHandle.of(running.pid()));
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
        if (single == null) {
            single = new Gateway(jar, folder, broker, false, jvm);
        }
        return Optional.of(single);
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
            child = null;
        }
        if (single != null) {
            single.close();
        }
    }
}
