package dev.fanfare.gateway.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.service.config.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The configuration that is in force, defaults included, as JSON with the keys of `docs/configuration.md`. Texts whose
/// key says that they are secret are masked, and all of Kafka's settings but the servers, since any may be one.
final class ConfigDump {
    private static final String MASK = "***";
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token|key)");
    private static final String SERVERS = "bootstrap.servers";

    private ConfigDump() {}

    static byte[] of(GatewaySettings settings) {
        var bytes = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(bytes)) {
            record(json, settings);
        } catch (IOException impossible) { // it is written to memory
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void record(JsonGenerator json, Object record) throws IOException {
        json.writeStartObject();
        for (var component : record.getClass().getRecordComponents()) {
            json.writeFieldName(component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
            value(json, component.getName(), get(component, record));
        }
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, String name, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Optional<?> optional -> value(json, name, optional.orElse(null));
            case Record record -> record(json, record);
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (var entry : new TreeMap<Object, Object>(map).entrySet()) {
                    var key = entry.getKey().toString();
                    json.writeStringField(
                            key, key.equals(SERVERS) ? entry.getValue().toString() : MASK);
                }
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                for (var item : list) {
                    value(json, name, item);
                }
                json.writeEndArray();
            }
            case Boolean flag -> json.writeBoolean(flag);
            case Number number -> json.writeNumber(number.longValue());
            case Duration duration -> json.writeString(Units.show(duration));
            case Enum<?> constant ->
                json.writeString(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            default -> json.writeString(SECRET.matcher(name).matches() ? MASK : value.toString());
        }
    }

    private static @Nullable Object get(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException unexpected) {
            throw new LinkageError(component.toString(), unexpected);
        }
    }
}
