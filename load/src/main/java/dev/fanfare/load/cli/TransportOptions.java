package dev.fanfare.load.cli;

import dev.fanfare.load.client.Transport;
import java.util.Map;
import picocli.CommandLine.Option;

/// How sessions get their events.
final class TransportOptions {
    @Option(
            names = "--transports",
            defaultValue = "sse",
            description = "sse, ws, poll, or shares of them: sse=2,ws=1 (${DEFAULT-VALUE})")
    private Shares mix = new Shares(Map.of());

    Map<Transport, Integer> mix() {
        return mix.of();
    }
}
