package dev.fanfare.clients;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/// Publishes numbered events to one channel, and knows what every client must have received.
final class Numbers {
    private final String topic;
    private final String key;
    private int last;

    Numbers(String topic, String key) {
        this.topic = topic;
        this.key = key;
    }

    String channel() {
        return topic + "." + key;
    }

    /// Publishes so many more, and some to a channel beside it, so that the offsets are none to count by.
    void publish(int count) {
        for (int i = 0; i < count; i++) {
            last++;
            send(key, last);
            if (last % 3 == 0) {
                send(key + "-beside", last);
            }
        }
    }

    private void send(String key, int number) {
        var json = "{\"n\":%d}".formatted(number).getBytes(StandardCharsets.UTF_8);
        LocalBroker.get().send(topic, null, key, json, "content-type", "application/json");
    }

    /// All so far, in their order.
    List<Integer> all() {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }
}
