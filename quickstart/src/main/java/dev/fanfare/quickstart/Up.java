package dev.fanfare.quickstart;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.quickstart.receiver.SampleReceiver;
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
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarFile;
import java.util.logging.Level;

/// `fanfare up`: starts broker, demo publisher, gateway, sample receiver and webhook dispatcher as processes of their
/// own, keeps each of them running, and stops them in the opposite order on Ctrl-C or SIGTERM.
///
/// System properties: `fanfare.state`, the folder that everything lies in and that survives a restart;
/// `fanfare.gateway.jar` and `fanfare.webhooks.jar`, the apps to run, and `fanfare.apps.flags`, more flags for their
/// JVMs, with spaces between them. Exits with 2 when the options are not understood, with 1 when it cannot start.
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
            new Up(Options.parse(List.of(args)), state).run();
        } catch (Options.UsageException misunderstood) {
            System.err.println("fanfare: " + misunderstood.getMessage());
            System.exit(2);
        } catch (IOException | UncheckedIOException | IllegalStateException failure) {
            System.err.println("fanfare: " + failure.getMessage());
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException {
        Files.createDirectories(state);
        try (var lock = FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            refuseTakenPorts();
            if (lock.tryLock() == null) {
                throw new IllegalStateException(
                        "another `fanfare up` runs with the state in %s: stop it, or set another FANFARE_STATE"
                                .formatted(state));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
            start();
            new CountDownLatch(1).await();
        }
    }

    private void refuseTakenPorts() {
        var taken = Ports.taken(options.port(), "the gateway", "--port");
        if (taken.isEmpty() && options.kafka().isEmpty()) {
            taken = Ports.taken(options.kafkaPort(), "the Kafka broker", "--kafka-port");
        }
        if (taken.isEmpty() && options.webhooks().isPresent()) {
            var webhooks = options.webhooks().get();
            taken = Ports.taken(webhooks.port(), "the webhook dispatcher", "--webhooks-port")
                    .or(() -> Ports.taken(webhooks.receiverPort(), "the sample receiver", "--receiver-port"));
        }
        if (taken.isEmpty() && options.consolePort().isPresent()) {
            taken = Ports.taken(options.consolePort().get(), "the console", "--console-port");
        }
        taken.ifPresent(message -> {
            throw new IllegalStateException(message);
        });
    }

    private void start() throws IOException, InterruptedException {
        var servers = options.bootstrapServers();
        if (options.kafka().isEmpty()) {
            var dir = state.resolve("kafka").toString();
            var port = Integer.toString(options.kafkaPort());
            start("broker", own(256, "dev.fanfare.quickstart.broker.BrokerMain", "--dir", dir, "--port", port));
        }
        // that the broker does not answer yet is no news
        KafkaLog.limit(Level.OFF);
        while (!DemoTopics.create(servers, options.webhooks().isPresent(), KAFKA_WAIT)) {
            say("Kafka at %s does not answer; still waiting".formatted(servers));
        }
        if (options.demo()) {
            start("demo", own(64, DemoPublisher.class.getName(), servers));
        }
        var config = state.resolve("gateway.yaml");
        GatewayFile.write(config, options, consoleToken());
        start("gateway", app("fanfare.gateway.jar", "--config", config.toString()));
        Optional<Banner.Webhooks> webhooks = Optional.empty();
        if (options.webhooks().isPresent()) {
            webhooks = Optional.of(startWebhooks(options.webhooks().get()));
        }
        new Ready("gateway", options.port()).await(this::say);
        say(Banner.text(options, webhooks, state, Duration.ofNanos(System.nanoTime() - began)));
    }

    /// For the console; kept, so that who has it open can go on after a restart.
    private Optional<String> consoleToken() throws IOException {
        if (options.consolePort().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(PrivateFile.kept(
                state.resolve("console.token"),
                () -> PrivateFile.random(Base64.getUrlEncoder().withoutPadding())));
    }

    /// Returns once the receiver is known there.
    private Banner.Webhooks startWebhooks(Options.Webhooks webhooks) throws IOException, InterruptedException {
        var files = WebhookFiles.write(state, options, webhooks);
        var port = Integer.toString(webhooks.receiverPort());
        var secret = files.secret().toString();
        start("receiver", own(64, SampleReceiver.class.getName(), port, secret));
        start(
                "dispatcher",
                app("fanfare.webhooks.jar", "--config", files.config().toString()));
        new Ready("dispatcher", webhooks.port()).await(this::say);
        new Registration(files, webhooks, this::say).ensure();
        var api = new WebhooksApi(webhooks.port(), files.token(), this::say);
        return new Banner.Webhooks(webhooks, files.token(), api.link("portal"), api.link("console"));
    }

    private void start(String name, List<String> command) throws IOException {
        var child = new Child(name, command, new LogFile(state.resolve("logs").resolve(name + ".log")), this::say);
        synchronized (children) {
            children.push(child);
        }
        child.start();
    }

    /// The app's own classes and none of the broker's: its jar's manifest names what it needs.
    private static List<String> app(String property, String... args) throws IOException {
        var jar = Path.of(System.getProperty(property, "")).toAbsolutePath();
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
            var flags = System.getProperty("fanfare.apps.flags", "");
            var more = flags.isEmpty() ? List.<String>of() : List.of(flags.split(" ", -1));
            return java(512, more, leash + File.pathSeparator + jar, main, args);
        } catch (URISyntaxException unexpected) {
            throw new IllegalStateException("no folder holds this program's classes", unexpected);
        }
    }

    /// What belongs to the quickstart, and is to be there soon rather than to be fast later.
    private static List<String> own(int heapMegabytes, String main, String... args) {
        var classes = System.getProperty("java.class.path", "");
        return java(heapMegabytes, List.of("-XX:TieredStopAtLevel=1"), classes, main, args);
    }

    private static List<String> java(
            int heapMegabytes, List<String> more, String classes, String main, String... args) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx%dm".formatted(heapMegabytes));
        command.addAll(JVM);
        command.addAll(more);
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
