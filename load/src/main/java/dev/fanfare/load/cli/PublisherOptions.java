package dev.fanfare.load.cli;

import dev.fanfare.load.check.Payload;
import dev.fanfare.load.publish.HttpSource;
import dev.fanfare.load.publish.KafkaSource;
import dev.fanfare.load.publish.Silence;
import dev.fanfare.load.publish.Source;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Who publishes.
final class PublisherOptions {
    enum Publisher {
        kafka,
        http,
        none
    }

    @Option(
            names = "--publisher",
            defaultValue = "kafka",
            description = "kafka; http: POST --publish-url; none: somebody else does (${DEFAULT-VALUE})")
    private Publisher publisher = Publisher.none;

    @Option(names = "--kafka", defaultValue = "localhost:9092", description = "bootstrap servers (${DEFAULT-VALUE})")
    private String kafka = "";

    @Option(names = "--topic", defaultValue = "events", description = "(${DEFAULT-VALUE})")
    private String topic = "";

    @Option(
            names = "--key",
            defaultValue = "{channel}",
            description = "of the records; {channel} is the channel's name, {n} its number (${DEFAULT-VALUE})")
    private String key = "";

    @Option(names = "--kafka-property", split = "\\n", description = "name=value, of Kafka's producer; repeatable")
    private List<String> kafkaProperties = new ArrayList<>();

    @Option(
            names = "--publish-url",
            description = "{key} in it is the key, else ?channel= or --publish-body names it (--url)")
    private @Nullable String publishUrl;

    @Option(
            names = "--publish-body",
            description = "what is posted, with {text} for the data as the inside of a JSON string, {key} for the key;"
                    + " without: the data as it is")
    private @Nullable String publishBody;

    boolean publishes() {
        return publisher != Publisher.none;
    }

    /// @param channels their names
    /// @param url that is posted to if there is no other; empty: there has to be
    /// @param headers sent with each `POST`
    /// @param attributes of each record; empty: it is no CloudEvent
    /// @param tls of what is posted
    Source source(
            List<String> channels,
            String url,
            List<String> headers,
            Payload payload,
            Map<String, String> attributes,
            TlsOptions tls) {
        var keys = IntStream.range(0, channels.size())
                .mapToObj(n -> key.replace("{channel}", channels.get(n)).replace("{n}", Integer.toString(n)))
                .toList();
        return switch (publisher) {
            case none -> new Silence(channels.size());
            case http -> new HttpSource(keys.stream().map(k -> post(url, k)).toList(), headers, payload, tls.context());
            case kafka -> kafka(keys, payload, attributes);
        };
    }

    private Source kafka(List<String> keys, Payload payload, Map<String, String> attributes) {
        Map<String, String> properties = new HashMap<>(Map.of("bootstrap.servers", kafka));
        for (var property : kafkaProperties) {
            int equals = property.indexOf('=');
            if (equals < 1) { // it may be a secret
                throw new Misuse("--kafka-property takes name=value, not what was given");
            }
            properties.put(
                    property.substring(0, equals).strip(),
                    property.substring(equals + 1).strip());
        }
        try {
            return new KafkaSource(properties, topic, keys, payload, attributes);
        } catch (KafkaException wrong) {
            var cause = wrong.getCause() == null ? wrong : wrong.getCause();
            throw new Misuse("--kafka %s, --topic %s or a --kafka-property cannot be used: %s"
                    .formatted(kafka, topic, cause.getMessage()));
        }
    }

    private HttpSource.Post post(String subscribing, String key) {
        return new HttpSource.Post(
                url(subscribing, key), Optional.ofNullable(publishBody).map(body -> body.replace("{key}", key)));
    }

    private URI url(String subscribing, String key) {
        var encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        var url = publishUrl == null ? subscribing : publishUrl;
        if (url.isEmpty()) {
            throw new Misuse("--publisher http needs --publish-url: a gateway that writes to the same topic");
        }
        if (!url.contains("{key}") && (publishBody == null || !publishBody.contains("{key}"))) {
            url += (url.contains("?") ? "&" : "?") + "channel={key}";
        }
        return Urls.web("--publish-url", url.replace("{key}", encoded));
    }
}
