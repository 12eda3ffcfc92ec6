package dev.fanfare.gateway.publish;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.fanfare.events.StructuredEvent;
import dev.fanfare.events.UndecodableException;
import dev.fanfare.service.http.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/// CloudEvents' JSON format: one event, or a batch, which is cut into its events first.
final class CloudEventJson {
    private static final int DEPTH_MAX = 200;
    private static final int SHOWN_MAX = 200;
    private static final byte[] NONE = {};

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private CloudEventJson() {}

    static CloudEvent event(byte[] json) {
        try {
            var event = StructuredEvent.read(json);
            var data = event.data();
            return new CloudEvent(event.attributes(), data == null ? NONE : data);
        } catch (UndecodableException bad) {
            throw CloudEvent.invalid(String.valueOf(bad.getMessage()));
        }
    }

    /// All events are read before any is answered with.
    ///
    /// @param tooMany the answer to more than `max`
    static List<CloudEvent> batch(byte[] body, int max, IntFunction<ProblemException> tooMany) {
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw CloudEvent.invalid("the body is not a JSON array: send an array of CloudEvents");
            }
            var events = new ArrayList<CloudEvent>();
            var count = 0;
            while (json.nextToken() == JsonToken.START_OBJECT) {
                count++;
                var element = element(body, json);
                if (count <= max) {
                    events.add(numbered(element, count));
                }
            }
            if (json.currentToken() != JsonToken.END_ARRAY) {
                throw CloudEvent.invalid(
                        "event %d of the batch is no JSON object: send CloudEvents only".formatted(count + 1));
            }
            if (json.nextToken() != null) {
                throw CloudEvent.invalid("the body goes on after its JSON array: send one array");
            }
            if (count > max) {
                throw tooMany.apply(count);
            }
            return events;
        } catch (JacksonException notJson) {
            throw malformed(notJson);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // an array does not fail
        }
    }

    /// The bytes of the object that begins here.
    private static byte[] element(byte[] body, JsonParser json) throws IOException {
        var from = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        return Arrays.copyOfRange(body, (int) from, (int) json.currentLocation().getByteOffset());
    }

    private static CloudEvent numbered(byte[] json, int number) {
        try {
            return event(json);
        } catch (ProblemException bad) {
            throw new ProblemException(bad.code(), "event %d of the batch: %s".formatted(number, bad.detail()));
        }
    }

    private static ProblemException malformed(JacksonException notJson) {
        var said = String.valueOf(notJson.getOriginalMessage());
        var place = notJson.getLocation();
        return CloudEvent.invalid("the body is not JSON (line %d, column %d): %s"
                .formatted(
                        place == null ? 1 : place.getLineNr(),
                        place == null ? 1 : place.getColumnNr(),
                        said.length() <= SHOWN_MAX ? said : said.substring(0, SHOWN_MAX) + "…"));
    }
}
