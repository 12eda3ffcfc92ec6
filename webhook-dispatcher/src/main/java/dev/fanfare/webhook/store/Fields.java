package dev.fanfare.webhook.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.http.FieldProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the members of a JSON object, each with its type and range, and collects all that is wrong with them. What is
/// null counts as not given. What is wrong reads as if it were not given: ask [#faults] before using anything.
///
/// Not thread-safe.
public final class Fields {
    private static final Pattern PARTITION = Pattern.compile("0|[1-9]\\d{0,8}");
    private static final int SHOWN_MAX = 60;

    private final ObjectNode node;
    private final List<FieldProblem> faults = new ArrayList<>();

    public Fields(ObjectNode node) {
        this.node = node;
    }

    /// What was found so far.
    public List<FieldProblem> faults() {
        return List.copyOf(faults);
    }

    /// Adds what somebody else has found.
    ///
    /// @param fault goes on after the field's name: `is '9h': give 1s to 30s`
    public void fault(String field, String fault) {
        faults.add(new FieldProblem(field, "'%s' %s".formatted(field, fault)));
    }

    public boolean has(String field) {
        return given(field) != null;
    }

    /// True or false.
    public boolean flag(String field, boolean otherwise) {
        var value = given(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            fault(field, "is %s: give true or false".formatted(shown(value)));
        }
        return value.booleanValue();
    }

    /// A whole number.
    public OptionalInt number(String field, int min, int max) {
        var value = given(field);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            fault(field, "is %s: give a whole number from %d to %d".formatted(shown(value), min, max));
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.intValue());
    }

    /// A text.
    ///
    /// @param max characters
    public Optional<String> text(String field, int max) {
        var value = given(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            fault(field, "is %s: give a text".formatted(shown(value)));
            return Optional.empty();
        }
        if (value.textValue().length() > max) {
            fault(
                    field,
                    "has %d characters: use at most %d"
                            .formatted(value.textValue().length(), max));
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    /// A text that no fault shows.
    public Optional<String> secret(String field, int max) {
        var value = given(field);
        if (value != null && !value.isTextual()) {
            fault(field, "is no text: give a text");
            return Optional.empty();
        }
        return text(field, max);
    }

    /// A duration, as `5s` or `PT5S`.
    public Optional<Duration> duration(String field, Duration min, Duration max) {
        var value = given(field);
        if (value == null) {
            return Optional.empty();
        }
        var duration = duration(value);
        if (duration.isEmpty()
                || duration.get().compareTo(min) < 0
                || duration.get().compareTo(max) > 0) {
            fault(
                    field,
                    "is %s: give a duration from '%s' to '%s'"
                            .formatted(shown(value), Units.show(min), Units.show(max)));
            return Optional.empty();
        }
        return duration;
    }

    /// A time (ISO 8601).
    public Optional<Instant> instant(String field) {
        var value = given(field);
        if (value == null) {
            return Optional.empty();
        }
        try {
            if (value.isTextual()) {
                return Optional.of(Instant.parse(value.textValue()));
            }
        } catch (DateTimeParseException malformed) {
            // said below
        }
        fault(field, "is %s: give a time such as '2026-11-20T08:00:00Z'".formatted(shown(value)));
        return Optional.empty();
    }

    /// Offsets by partition.
    public Map<Integer, Long> offsets(String field) {
        var value = given(field);
        var offsets = new TreeMap<Integer, Long>();
        if (value == null) {
            return offsets;
        }
        if (!value.isObject()) {
            fault(field, "is no object: give partitions with offsets, such as {\"0\": 1200}");
            return offsets;
        }
        for (var member : value.properties()) {
            var offset = member.getValue();
            if (PARTITION.matcher(member.getKey()).matches()
                    && offset.isIntegralNumber()
                    && offset.canConvertToLong()
                    && offset.longValue() >= 0) {
                offsets.put(Integer.parseInt(member.getKey()), offset.longValue());
            } else {
                fault(
                        field,
                        "has %s: %s: give a partition's number and an offset from 0, such as \"0\": 1200"
                                .formatted(quoted(member.getKey()), shown(offset)));
            }
        }
        return offsets;
    }

    /// One of some texts.
    ///
    /// @param code what the choice is called
    public <E> Optional<E> choice(String field, List<E> choices, Function<E, String> code) {
        var value = given(field);
        if (value == null) {
            return Optional.empty();
        }
        for (var choice : choices) {
            if (value.isTextual() && code.apply(choice).equals(value.textValue())) {
                return Optional.of(choice);
            }
        }
        fault(
                field,
                "is %s: give one of %s"
                        .formatted(shown(value), choices.stream().map(code).toList()));
        return Optional.empty();
    }

    /// A list of texts.
    ///
    /// @param max elements
    /// @param what is asked for, in the singular
    /// @param read throws an IllegalArgumentException with a sentence that names value and fix
    <E> List<E> list(String field, int max, String what, Function<String, E> read) {
        var value = given(field);
        var list = new ArrayList<E>();
        if (value == null) {
            return list;
        }
        if (!value.isArray()) {
            fault(field, "is %s: give a list, such as [%s]".formatted(shown(value), what));
        } else if (value.size() > max) {
            fault(field, "has %d elements: give at most %d".formatted(value.size(), max));
        } else {
            for (int i = 0; i < value.size(); i++) {
                element(field + "[" + i + "]", value.get(i), what, read).ifPresent(list::add);
            }
        }
        return list;
    }

    private <E> Optional<E> element(String field, JsonNode value, String what, Function<String, E> read) {
        if (!value.isTextual()) {
            fault(field, "is %s: give a text, such as %s".formatted(shown(value), what));
            return Optional.empty();
        }
        try {
            return Optional.of(read.apply(value.textValue()));
        } catch (IllegalArgumentException bad) {
            faults.add(new FieldProblem(field, "'%s': %s".formatted(field, bad.getMessage())));
            return Optional.empty();
        }
    }

    /// An object of texts. No fault shows a value.
    Map<String, String> texts(String field) {
        var value = given(field);
        var texts = new LinkedHashMap<String, String>();
        if (value == null) {
            return texts;
        }
        if (!value.isObject()) {
            fault(field, "is no object: give names with their values, such as {\"X-Team\": \"billing\"}");
            return texts;
        }
        for (var member : value.properties()) {
            if (member.getValue().isTextual()) {
                texts.put(member.getKey(), member.getValue().textValue());
            } else {
                fault(field, "has in %s a value that is no text: give a text".formatted(quoted(member.getKey())));
            }
        }
        return texts;
    }

    static Optional<Duration> duration(JsonNode value) {
        return value.isTextual() ? Units.duration(value.textValue()) : Optional.empty();
    }

    private @Nullable JsonNode given(String field) {
        var value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /// A value fit for a sentence.
    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> quoted(value.textValue());
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> cut(value.asText());
        };
    }

    /// Foreign text fit for a sentence: cut short, without control characters.
    public static String quoted(String text) {
        return "'" + cut(text).replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + "'";
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }
}
