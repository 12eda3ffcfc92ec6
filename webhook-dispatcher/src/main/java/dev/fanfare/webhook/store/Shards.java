package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Which part of the parked deliveries an endpoint's are in.
public final class Shards {
    public static final int COUNT = 64;

    private Shards() {}

    /// From 0 to [#COUNT] - 1, the same on all nodes for ever.
    public static int of(EndpointId endpoint) {
        var crc = new CRC32();
        crc.update(endpoint.value().getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % COUNT);
    }
}
