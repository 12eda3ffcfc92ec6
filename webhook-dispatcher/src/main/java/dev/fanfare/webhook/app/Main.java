package dev.fanfare.webhook.app;

import dev.fanfare.service.config.ConfigException;
import dev.fanfare.service.log.Logging;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Runs the dispatcher: `--config FILE`, `--version`.
public final class Main {
    private Main() {}

    /// Exits with 2 for wrong arguments, 1 for a wrong configuration or a failed start.
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
                    System.out.println("fanfare webhooks " + version());
                    return;
                }
                case "--help", "help" -> {
                    System.out.println("usage: fanfare-webhooks --config FILE   (docs/webhooks.md has every key)");
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
            var dispatcher = WebhookDispatcher.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    dispatcher.close();
                } catch (RuntimeException failure) {
                    log.log(System.Logger.Level.WARNING, "the stop was not clean", failure);
                } finally {
                    stopped.countDown();
                }
            }));
            log.log(
                    System.Logger.Level.INFO,
                    "fanfare webhooks {0} listens on http://{1}:{2}",
                    version(),
                    settings.server().host(),
                    Integer.toString(dispatcher.port()));
        } catch (ConfigException wrong) {
            fail(1, wrong.getMessage());
        } catch (RuntimeException failure) {
            log.log(System.Logger.Level.DEBUG, "start failed", failure);
            var cause = failure.getCause() == null ? failure : failure.getCause();
            fail(1, "the dispatcher could not start: " + cause.getMessage());
        }
        stopped.await();
    }

    private static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static void fail(int status, @Nullable String message) {
        System.err.println("fanfare webhooks: " + message);
        System.exit(status);
    }
}
