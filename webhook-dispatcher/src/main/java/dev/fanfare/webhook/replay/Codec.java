package dev.fanfare.webhook.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Request;
import dev.fanfare.webhook.replay.Progress.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// Requests and progress as JSON, for the store.
final class Codec {
    private static final JsonMapper JSON = new JsonMapper();

    private Codec() {}

    static String text(Request request) {
        var node = JSON.createObjectNode();
        switch (request.range()) {
            case Range.Times(var since, var until) -> {
                node.put("since", since.toString());
                until.ifPresent(time -> node.put("until", time.toString()));
            }
            case Range.Offsets(var topic, var from) -> {
                var offsets = node.put("topic", topic).putObject("offsets");
                from.forEach((partition, offset) -> offsets.put(partition.toString(), offset));
            }
        }
        node.put("missingOnly", request.missingOnly()).put("dryRun", request.dryRun());
        request.ratePerSecond().ifPresent(rate -> node.put("ratePerSecond", rate));
        return write(node);
    }

    static Request request(String text) {
        var node = read(text);
        return new Request(
                range(node),
                node.path("missingOnly").booleanValue(),
                node.path("dryRun").booleanValue(),
                node.has("ratePerSecond")
                        ? OptionalInt.of(node.path("ratePerSecond").intValue())
                        : OptionalInt.empty());
    }

    private static Range range(JsonNode node) {
        if (node.has("since")) {
            return new Range.Times(
                    Instant.parse(node.path("since").textValue()),
                    Optional.ofNullable(node.path("until").textValue()).map(Instant::parse));
        }
        Map<Integer, Long> from = new TreeMap<>();
        node.path("offsets")
                .properties()
                .forEach(one ->
                        from.put(Integer.valueOf(one.getKey()), one.getValue().longValue()));
        return new Range.Offsets(node.path("topic").textValue(), from);
    }

    static String text(Progress progress) {
        var node = JSON.createObjectNode();
        var parts = node.putArray("parts");
        for (var part : progress.parts()) {
            parts.addObject()
                    .put("topic", part.topic())
                    .put("id", part.topicId().toString())
                    .put("partition", part.partition())
                    .put("next", part.next())
                    .put("end", part.end());
        }
        var notes = node.putArray("notes");
        progress.notes().forEach(notes::add);
        return write(node.put("unnoted", progress.unnoted())
                .put("tooLarge", progress.tooLarge())
                .put("refused", progress.refused()));
    }

    static Progress progress(String text) {
        var node = read(text);
        var parts = new ArrayList<Part>();
        for (var part : node.path("parts")) {
            parts.add(new Part(
                    part.path("topic").textValue(),
                    Uuid.fromString(part.path("id").textValue()),
                    part.path("partition").intValue(),
                    part.path("next").longValue(),
                    part.path("end").longValue()));
        }
        var notes = new ArrayList<String>();
        node.path("notes").forEach(note -> notes.add(note.textValue()));
        return new Progress(
                parts,
                notes,
                node.path("unnoted").intValue(),
                node.path("tooLarge").longValue(),
                node.path("refused").longValue());
    }

    private static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible); // it is a tree
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalArgumentException("not what was stored", unreadable);
        }
    }
}
