package dev.fanfare.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;

/// Jackson, set up for bytes that strangers wrote: UTF-8 only, bounded depth, nothing kept per thread. Lengths are
/// not bounded here, since a record is in memory already.
final class Json {
    /// Arrays and objects within each other.
    static final int DEPTH_MAX = 200;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /// Jackson lets some malformed UTF-8 pass: check it with [Utf8] first.
    static JsonParser parser(byte[] text, int from, int to) throws IOException {
        return FACTORY.createParser(text, from, to - from);
    }

    /// Whether the bytes are one JSON value (RFC 8259) in UTF-8, at most [#DEPTH_MAX] deep, without byte order
    /// mark.
    static boolean isValid(byte[] text) {
        if (!startsLikeJson(text) || !Utf8.isValid(text)) {
            return false;
        }
        try (JsonParser parser = parser(text, 0, text.length)) {
            parser.nextToken();
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException | IllegalStateException notJson) {
            return false;
        }
    }

    private static boolean startsLikeJson(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return "{[\"-0123456789tfn".indexOf(b) >= 0;
            }
        }
        return false;
    }
}
