package dev.fanfare.load.cli;

import dev.fanfare.load.client.Transport;
import java.util.Map;

/// A mix of transports, as weights.
record Shares(Map<Transport, Integer> of) {
    Shares {
        of = Map.copyOf(of);
    }
}
