package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.config.NearestKey;
import dev.fanfare.service.http.FieldProblem;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.store.Fields;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// JSON both ways (RFC 8259). What is read is UTF-8, one object, with no name twice, no depth or number that costs more
/// than its bytes. No problem quotes the body, which may hold a secret.
final class Json {
    private static final int DEPTH_MAX = 32;
    private static final int NUMBER_MAX = 64;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxNumberLength(NUMBER_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String write(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible); // it is a tree
        }
    }

    static ObjectNode read(byte[] body) {
        try {
            var text = UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw malformed("the body is no JSON object: send one between { and }");
        } catch (CharacterCodingException notUtf8) {
            throw malformed("the body is not UTF-8: send JSON in UTF-8");
        } catch (JsonProcessingException bad) {
            var at = bad.getLocation();
            throw malformed("the body is no JSON%s: %s"
                    .formatted(
                            at == null ? "" : ", at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()),
                            why(bad)));
        }
    }

    /// Of the parser's message only what is safe to repeat.
    private static String why(JsonProcessingException bad) {
        var message = String.valueOf(bad.getOriginalMessage());
        if (message.startsWith("Duplicate field")) {
            return "a name is there twice in one object: give it once";
        }
        if (message.contains("nesting depth")) {
            return "it is nested more than %d deep".formatted(DEPTH_MAX);
        }
        if (message.contains("Number")) {
            return "a number has more than %d digits".formatted(NUMBER_MAX);
        }
        return "correct it there, or just before";
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(ApiCode.MALFORMED_JSON, detail);
    }

    /// What the object has and should not have.
    static List<FieldProblem> unknown(ObjectNode object, Collection<String> known) {
        var unknown = new ArrayList<FieldProblem>();
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                var advice = NearestKey.to(name, known)
                        .map("did you mean '%s'?"::formatted)
                        .orElseGet(() -> "known are " + String.join(", ", known));
                var quoted = Fields.quoted(name);
                unknown.add(new FieldProblem(
                        quoted.substring(1, quoted.length() - 1), "%s is not known: %s".formatted(quoted, advice)));
            }
        });
        return unknown;
    }

    /// Ends the request if anything is wrong: with 400 if a field is not known, else with 422.
    static void refuse(List<FieldProblem> unknown, List<FieldProblem> invalid) {
        if (unknown.isEmpty() && invalid.isEmpty()) {
            return;
        }
        var all = new ArrayList<>(unknown);
        all.addAll(invalid);
        var detail = all.getFirst().detail() + (all.size() > 1 ? "; and %d more".formatted(all.size() - 1) : "");
        throw new ProblemException(unknown.isEmpty() ? ApiCode.INVALID_FIELD : ApiCode.UNKNOWN_FIELD, detail, all);
    }

    /// Changes a document by RFC 7396: null removes, objects are merged, anything else replaces.
    static void merge(ObjectNode target, ObjectNode patch) {
        for (var member : patch.properties()) {
            var name = member.getKey();
            if (member.getValue().isNull()) {
                target.remove(name);
            } else if (member.getValue() instanceof ObjectNode inner) {
                var there = target.get(name) instanceof ObjectNode object ? object : object();
                target.set(name, there);
                merge(there, inner);
            } else {
                target.set(name, member.getValue());
            }
        }
    }
}
