package dev.fanfare.load.bench;

import java.nio.file.Path;
import java.util.List;

/// All servers that can be compared, and the broker. Closing ends those that run, once.
final class Servers implements AutoCloseable {
    private final Broker broker;
    private final List<Contender> all;
    private boolean closed;

    /// @param folder for what they write
    /// @param gatewayJvm more flags for the gateway's JVM
    Servers(Path folder, List<String> gatewayJvm) {
        broker = new Broker(jar("fanfare.broker.jar"), folder);
        all = List.of(
                new Gateway(jar("fanfare.gateway.jar"), folder, broker, true, gatewayJvm),
                new RawLoop(32),
                new Nchan("nchan", 1, folder),
                new Nchan("nchan2", 2, folder),
                new Pushpin(folder));
    }

    private static Path jar(String property) {
        return Path.of(System.getProperty(property, property)).toAbsolutePath();
    }

    /// In the order of the table.
    List<Contender> all() {
        return all;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            all.forEach(Contender::close);
            broker.close();
        }
    }
}
