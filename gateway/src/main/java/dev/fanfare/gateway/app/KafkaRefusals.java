package dev.fanfare.gateway.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/// Kafka's settings that the gateway does not leave to the operator, beside those that no app does.
final class KafkaRefusals {
    /// Each with the reason.
    static final Map<String, String> ALL = all();

    private KafkaRefusals() {}

    private static Map<String, String> all() {
        var why = new HashMap<String, String>();
        for (var key : List.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG)) {
            why.put(key, "every node reads every partition, without a consumer group");
        }
        for (var key :
                List.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG)) {
            why.put(key, "nothing is committed, clients hold their position in their cursor");
        }
        why.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "a position that is gone is told as a gap, never skipped");
        return Map.copyOf(why);
    }
}
