package dev.fanfare.gateway.app;

import dev.fanfare.service.config.ConfigException;
import dev.fanfare.service.log.Logging;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Runs the gateway: `--config FILE`, `--version`.
public final class Main {
    private Main() {}

    /// Exits with 2 for wrong arguments, 1 for a wrong configuration or a failed start, 143 after SIGTERM, 130 after
    /// SIGINT.
    public static void main(String[] args) throws InterruptedException {
        Logging.configure();
        var file = Optional.<Path>empty();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--config" -> {
                    if (++i == args.length) {
                        fail(2, "--config needs a file");
                    }
                    file = Optional.of(Path.of(args[i]));
                }
                case "--version" -> {
                    System.out.println("fanfare gateway " + version());
                    return;
                }
                case "--help", "help" -> {
                    System.out.println("usage: fanfare-gateway --config FILE   (docs/configuration.md has every key)");
                    return;
                }
                default -> fail(2, "'%s' is not known: use --config FILE, --version or --help".formatted(args[i]));
            }
        }
        run(file);
    }

    private static void run(Optional<Path> file) throws InterruptedException {
        var log = System.getLogger(Main.class.getName());
        var stopped = new CountDownLatch(1);
        try {
            var settings = SettingsReader.read(file, System.getenv(), System.getProperties());
            Logging.format(settings.logging().format());
            Signals.handle();
            var gateway = Gateway.start(settings);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                try {
                                    gateway.close();
                                } catch (RuntimeException failure) {
                                    log.log(System.Logger.Level.WARNING, "the stop was not clean", failure);
                                } finally {
                                    stopped.countDown();
                                }
                            },
                            "stop"));
            if (settings.access().anonymous().isAllowed()) {
                log.log(
                        System.Logger.Level.WARNING,
                        "access.anonymous is set: whoever reaches the port may subscribe to {0} and publish to {1}",
                        settings.access().anonymous().subscribe(),
                        settings.access().anonymous().publish());
            } else if (settings.access().issuers().isEmpty()) {
                log.log(
                        System.Logger.Level.WARNING,
                        "nobody may subscribe: set access.issuers or access.anonymous, see docs/security.md");
            }
            log.log(
                    System.Logger.Level.INFO,
                    "fanfare gateway {0} listens on {1}://{2}:{3}",
                    version(),
                    settings.server().tls().isOn() ? "https" : "http",
                    settings.server().host(),
                    Integer.toString(gateway.port()));
            gateway.managementPort()
                    .ifPresent(port -> log.log(
                            System.Logger.Level.INFO,
                            "for operators it listens on {0}://{1}:{2}",
                            settings.server().tls().isOn() ? "https" : "http",
                            settings.management().host(),
                            Integer.toString(port)));
        } catch (ConfigException wrong) {
            fail(1, wrong.getMessage());
        } catch (RuntimeException failure) {
            log.log(System.Logger.Level.DEBUG, "start failed", failure);
            var cause = failure.getCause() == null ? failure : failure.getCause();
            fail(1, "the gateway could not start: " + cause.getMessage());
        }
        stopped.await();
    }

    static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static void fail(int status, @Nullable String message) {
        System.err.println("fanfare gateway: " + message);
        System.exit(status);
    }
}
