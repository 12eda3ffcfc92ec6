package dev.fanfare.quickstart;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarFile;
import java.util.logging.Level;

/// `fanfare up`: starts broker, gateway and demo publisher as processes of their own, keeps each of them running, and
/// stops them in order (gateway, demo, broker) on Ctrl-C or SIGTERM.
///
/// System properties: `fanfare.state`, the folder that everything lies in and that survives a restart;
/// `fanfare.gateway.jar`, the gateway to run. Exits with 2 when the options are not understood, with 1 when it cannot
/// start.
public final class Up {
    private static final Duration KAFKA_WAIT = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Options options;
    private final Path state;
    private final long began = System.nanoTime();

    @GuardedBy("children")
    private final Deque<Child> children = new ArrayDeque<>();

    private Up(Options options, Path state) {
        this.options = options;
        this.state = state;
    }

    public static void main(String[] args) throws InterruptedException {
        try {
            var state = Path.of(System.getProperty("fanfare.state", ".fanfare")).toAbsolutePath();
            var gateway = Path.of(System.getProperty("fanfare.gateway.jar", "")).toAbsolutePath();
            new Up(Options.parse(List.of(args)), state).run(gateway);
        } catch (Options.UsageException misunderstood) {
            System.err.println("fanfare: " + misunderstood.getMessage());
            System.exit(2);
        } catch (IOException | UncheckedIOException | IllegalStateException failure) {
            System.err.println("fanfare: " + failure.getMessage());
            System.exit(1);
        }
    }

    private void run(Path gateway) throws IOException, InterruptedException {
        Files.createDirectories(state);
        try (var lock = FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            refuseTakenPorts();
            if (lock.tryLock() == null) {
                throw new IllegalStateException(
                        "another `fanfare up` runs with the state in %s: stop it, or set another FANFARE_STATE"
                                .formatted(state));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
            start(gateway);
            new CountDownLatch(1).await();
        }
    }

    private void refuseTakenPorts() {
        var taken = Ports.taken(options.port(), "the gateway", "--port");
        if (taken.isEmpty() && options.kafka().isEmpty()) {
            taken = Ports.taken(options.kafkaPort(), "the Kafka broker", "--kafka-port");
        }
        taken.ifPresent(message -> {
            throw new IllegalStateException(message);
        });
    }

    private void start(Path gateway) throws IOException, InterruptedException {
        var classes = System.getProperty("java.class.path", "");
        var servers = options.bootstrapServers();
        if (options.kafka().isEmpty()) {
            var dir = state.resolve("kafka").toString();
            var port = Integer.toString(options.kafkaPort());
            start(
                    "broker",
                    java(256, classes, "dev.fanfare.quickstart.broker.BrokerMain", "--dir", dir, "--port", port));
        }
        // that the broker does not answer yet is no news
        KafkaLog.limit(Level.OFF);
        while (!DemoTopics.create(servers, KAFKA_WAIT)) {
            say("Kafka at %s does not answer; still waiting".formatted(servers));
        }
        if (options.demo()) {
            start("demo", java(64, classes, DemoPublisher.class.getName(), servers));
        }
        var config = state.resolve("gateway.yaml");
        GatewayFile.write(config, options);
        start("gateway", gateway(gateway, "--config", config.toString()));
        new Ready(options.port()).await(this::say);
        say(Banner.text(options, state, Duration.ofNanos(System.nanoTime() - began)));
    }

    private void start(String name, List<String> command) throws IOException {
        var child = new Child(name, command, new LogFile(state.resolve("logs").resolve(name + ".log")), this::say);
        synchronized (children) {
            children.push(child);
        }
        child.start();
    }

    /// The gateway's own classes and none of the broker's: its jar's manifest names what it needs.
    private static List<String> gateway(Path jar, String... args) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var main = Optional.ofNullable(file.getManifest())
                    .map(manifest -> manifest.getMainAttributes().getValue("Main-Class"))
                    .orElseThrow(() ->
                            new IllegalStateException(jar + " is no runnable jar: its manifest has no Main-Class"));
            var leash = Path.of(Leash.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return java(512, leash + File.pathSeparator + jar, main, args);
        } catch (URISyntaxException unexpected) {
            throw new IllegalStateException("no folder holds this program's classes", unexpected);
        }
    }

    private static List<String> java(int heapMegabytes, String classes, String main, String... args) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx%dm".formatted(heapMegabytes));
        command.addAll(JVM);
        command.addAll(List.of("-cp", classes, Leash.class.getName(), main));
        command.addAll(List.of(args));
        return command;
    }

    /// Runs as a shutdown hook; the last started is the first to stop.
    private void stop() {
        while (true) {
            Child child;
            synchronized (children) {
                if (children.isEmpty()) {
                    break;
                }
                child = children.pop();
            }
            say("stopping the " + child.name());
            child.stop(STOP);
        }
        say("stopped; the state is kept in " + state);
    }

    private void say(String line) {
        System.out.println(line);
    }
}
