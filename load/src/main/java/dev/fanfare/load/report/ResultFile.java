package dev.fanfare.load.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.HdrHistogram.Histogram;

/// An outcome as a file, with all that is needed to add it to others: the histograms of [Latency] in place of
/// percentiles, and the time line. Beside that it has what [JsonLine] says.
public final class ResultFile {
    private static final String FORMAT = "fanfare-load-1";
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .registerModule(new Jdk8Module())
            .registerModule(new SimpleModule()
                    .addSerializer(Histogram.class, new Packing())
                    .addDeserializer(Histogram.class, new Unpacking()));

    private ResultFile() {}

    /// Writes one.
    public static void write(Path file, Report report) throws IOException {
        var content = new LinkedHashMap<String, Object>();
        content.put("format", FORMAT);
        content.put("summary", report.json());
        content.put("outcome", report.outcome());
        MAPPER.writeValue(file.toFile(), content);
    }

    /// Reads one.
    ///
    /// @throws IOException also for a file that is no such one
    public static Outcome read(Path file) throws IOException {
        JsonNode content = MAPPER.readTree(file.toFile());
        if (!content.path("format").asText().equals(FORMAT)) {
            throw new IOException("it is no result of this version: its format is '%s', not '%s'"
                    .formatted(content.path("format").asText(), FORMAT));
        }
        return MAPPER.treeToValue(content.path("outcome"), Outcome.class);
    }

    private static final class Packing extends JsonSerializer<Histogram> {
        @Override
        public void serialize(Histogram histogram, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(Latency.pack(histogram));
        }
    }

    private static final class Unpacking extends JsonDeserializer<Histogram> {
        @Override
        public Histogram deserialize(JsonParser json, DeserializationContext context) throws IOException {
            try {
                return Latency.unpack(json.getText());
            } catch (IllegalArgumentException broken) {
                throw JsonMappingException.from(json, broken.getMessage(), broken);
            }
        }
    }
}
