package dev.fanfare.gateway.faults;

import dev.fanfare.quickstart.broker.BrokerMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A Kafka broker as a process of its own: killed and started again, it finds what it had acknowledged.
final class BrokerProcess implements AutoCloseable {
    private final Path output;
    private final Path dir;
    private int port;
    private JavaProcess process;

    /// Starts one, and returns once it serves clients.
    ///
    /// @param dir holds all it knows
    BrokerProcess(Path output, Path dir) throws IOException {
        this.output = output;
        this.dir = dir;
        this.process = launch();
        this.port = Integer.parseInt(process.await("Kafka serves [^:]+:(\\d+)"));
    }

    private JavaProcess launch() throws IOException {
        return JavaProcess.start(
                output,
                List.of(),
                Map.of(),
                BrokerMain.class,
                "--dir",
                dir.toString(),
                "--port",
                Integer.toString(port));
    }

    /// Starts it again on the same port.
    void startAgain() throws IOException {
        process = launch();
        process.await("Kafka serves [^:]+:(\\d+)");
    }

    int port() {
        return port;
    }

    String said() {
        return process.said();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// By SIGKILL.
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
