package dev.fanfare.quickstart.broker;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Runs a broker as a process of its own: `--dir FOLDER --port PORT`. Prints one line when clients are served, stops
/// on
/// SIGTERM; exits with 1 when it cannot start, 2 when the arguments are not understood.
public final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 4 || !args[0].equals("--dir") || !args[2].equals("--port") || !args[3].matches("\\d{1,5}")) {
            System.err.println("usage: --dir FOLDER --port PORT (0: any free one)");
            System.exit(2);
        }
        try {
            var kafka = EmbeddedKafka.start(Path.of(args[1]), Integer.parseInt(args[3]), Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop"));
            System.out.println("Kafka serves " + kafka.bootstrapServers());
        } catch (UncheckedIOException failure) {
            System.err.println(failure.getMessage());
            System.exit(1);
        }
        new CountDownLatch(1).await();
    }
}
