package dev.fanfare.load.bench;

import java.nio.file.Path;
import java.util.List;

/// All servers that can be compared, and the broker.
final class Servers implements AutoCloseable {
    private final Broker broker;
    private final List<Contender> all;

    /// @param gatewayJvm more flags for the gateway's JVM
    Servers(Processes processes, List<String> gatewayJvm) {
        broker = new Broker(jar("fanfare.broker.jar"), processes);
        all = List.of(
                new Gateway(jar("fanfare.gateway.jar"), processes, broker, Gateway.Kind.USUAL, gatewayJvm),
                new RawLoop(32),
                new Nchan("nchan", 1, processes),
                new Nchan("nchan2", 2, processes),
                new Pushpin(processes));
    }

    private static Path jar(String property) {
        return Path.of(System.getProperty(property, property)).toAbsolutePath();
    }

    /// In the order of the table.
    List<Contender> all() {
        return all;
    }

    /// Those that run.
    @Override
    public void close() {
        all.forEach(Contender::close);
        broker.close();
    }
}
