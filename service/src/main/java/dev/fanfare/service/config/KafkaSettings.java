package dev.fanfare.service.config;

import dev.fanfare.service.EditDistance;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/// What passes through to Kafka's clients: every setting that one of them knows, except those that an app's
/// promises rest on. Values are checked by Kafka's own definitions.
public final class KafkaSettings {
    private static final String PREFIX = "kafka.";
    private static final String SERVERS = "bootstrap.servers";
    private static final String SERVERS_WANTED = "brokers as host:port, several with commas between them";
    private static final Pattern SERVERS_SHAPE = Pattern.compile("[^\\s,]+:\\d{1,5}(\\s*,\\s*[^\\s,]+:\\d{1,5})*");

    /// Plugins (login modules, SSL engines, config providers) may have settings of their own under these.
    private static final List<String> PLUGINS = List.of("sasl.", "ssl.", "security.", "config.providers");

    /// An unknown name this close to a known one is taken for a slip even if it may belong to a plugin.
    private static final int SLIP = 2;

    private static final List<ConfigDef> DEFINITIONS =
            List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef());

    /// Settings that no app leaves to the operator, each with the reason.
    public static final Map<String, String> REFUSED = refused();

    private final Values values;
    private final Map<String, String> refused;
    private final TreeSet<String> known = new TreeSet<>();

    private KafkaSettings(Values values, Map<String, String> ownRefused) {
        this.values = values;
        this.refused = new HashMap<>(REFUSED);
        refused.putAll(ownRefused);
        DEFINITIONS.forEach(definition -> known.addAll(definition.names()));
        known.removeAll(refused.keySet());
    }

    /// Reads everything under `kafka.`, and notes what is wrong with it.
    ///
    /// @param refused settings that the app decides besides [#REFUSED], each with the reason
    public static Map<String, String> read(Values values, Map<String, String> refused) {
        return new KafkaSettings(values, refused).all();
    }

    private static Map<String, String> refused() {
        var why = new HashMap<String, String>();
        for (var key : List.of(
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG)) {
            why.put(key, "records are read and written as bytes");
        }
        for (var key : List.of(
                ProducerConfig.ACKS_CONFIG,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG)) {
            why.put(key, "events are published by an idempotent producer with acks=all");
        }
        why.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "only committed records are delivered");
        why.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "topics that are read are never created");
        why.put(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, "Fanfare talks to brokers: kafka." + SERVERS);
        return Map.copyOf(why);
    }

    private Map<String, String> all() {
        var keys = new TreeSet<String>();
        values.layers().forEach(layer -> keys.addAll(layer.keysUnder(PREFIX)));
        var all = new LinkedHashMap<String, String>();
        for (var key : keys) {
            var name = key.substring(PREFIX.length());
            if (isPartOfList(name)) {
                // left to be told as a list where one value goes
                values.expect(key.substring(0, key.lastIndexOf('.')));
                continue;
            }
            values.find(key).ifPresent(value -> {
                check(name, value);
                all.put(name, value.text());
            });
        }
        if (values.find(PREFIX + SERVERS).isEmpty()) {
            values.problem("kafka.bootstrap.servers: is missing: give " + SERVERS_WANTED
                    + " (environment variable FANFARE_KAFKA_BOOTSTRAP_SERVERS)");
        }
        return all;
    }

    private boolean isPartOfList(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && name.substring(dot + 1).matches("\\d+") && known.contains(name.substring(0, dot));
    }

    private void check(String name, Layer.Value value) {
        var key = PREFIX + name;
        var reason = refused.get(name);
        if (reason != null) {
            values.problem("%s: from %s is refused: %s".formatted(key, value.origin(), reason));
        } else if (!isKnown(name)) {
            var hint = NearestKey.to(name, known).map(near -> ": did you mean " + PREFIX + near + "?");
            values.problem("%s: unknown key from %s%s"
                    .formatted(key, value.origin(), hint.orElse(": no Kafka client has such a setting")));
        } else if (name.equals(SERVERS)
                && !SERVERS_SHAPE.matcher(value.text().strip()).matches()) {
            values.refuse(key, "", "it must be " + SERVERS_WANTED);
        } else {
            fault(name, value.text())
                    .ifPresent(why -> values.problem("%s: %s from %s is refused: %s"
                            .formatted(key, Values.quoted(value.text()), value.origin(), why)));
        }
    }

    private boolean isKnown(String name) {
        return known.contains(name)
                || (PLUGINS.stream().anyMatch(name::startsWith)
                        && known.stream().noneMatch(one -> EditDistance.between(name, one) <= SLIP));
    }

    /// What Kafka's own definition has against the value, never against a secret one. A reference to a config
    /// provider is resolved by Kafka later.
    private static Optional<String> fault(String name, String text) {
        if (text.contains("${")) {
            return Optional.empty();
        }
        for (var definition : DEFINITIONS) {
            var key = definition.configKeys().get(name);
            try {
                if (key != null && key.type() != ConfigDef.Type.PASSWORD) {
                    var parsed = ConfigDef.parseType(name, text, key.type());
                    if (key.validator != null) {
                        key.validator.ensureValid(name, parsed);
                    }
                }
            } catch (org.apache.kafka.common.config.ConfigException refused) {
                return Optional.of(String.valueOf(refused.getMessage()));
            }
        }
        return Optional.empty();
    }
}
