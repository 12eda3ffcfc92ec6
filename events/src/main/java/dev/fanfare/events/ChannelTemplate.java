package dev.fanfare.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// One channel template for one topic: literal text and parts of the record. Neighbouring literals are one, and the
/// topic is literal.
final class ChannelTemplate {
    private static final String FIX =
            ": use {topic}, {key}, {header.NAME}, {ce.type}, {ce.subject} or another {ce.ATTRIBUTE}";
    /// Attributes that are no text of the event's own.
    private static final Set<String> NO_PARTS = Set.of("time", "specversion", "data", "datacontenttype", "dataschema");

    private final List<Part> parts;
    private final int tokensMin;
    private final @Nullable ChannelName constant;

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Key() implements Part {}

        record OfHeader(String name) implements Part {}

        record OfAttribute(String name) implements Part {}
    }

    private ChannelTemplate(List<Part> parts, int tokensMin, @Nullable ChannelName constant) {
        this.parts = List.copyOf(parts);
        this.tokensMin = tokensMin;
        this.constant = constant;
    }

    /// Reads a template.
    ///
    /// @throws IllegalArgumentException with a sentence that names the template and the fix
    static ChannelTemplate compile(String template, String topic) {
        var parts = new ArrayList<Part>();
        var literal = new StringBuilder();
        var sample = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c == '{') {
                int end = template.indexOf('}', at);
                if (end < 0) {
                    throw refused(template, "has '{' at %d without '}'".formatted(at) + FIX);
                }
                String name = template.substring(at + 1, end);
                if (name.equals("topic")) {
                    literal.append(topic);
                    sample.append(topic);
                } else {
                    flush(literal, parts);
                    parts.add(part(template, name));
                    sample.append('x');
                }
                at = end + 1;
            } else if (c == '}') {
                throw refused(template, "has '}' at %d without '{'".formatted(at) + FIX);
            } else {
                literal.append(c);
                sample.append(c);
                at++;
            }
        }
        flush(literal, parts);
        String fault = ChannelName.fault(sample);
        if (fault != null) {
            throw refused(
                    template,
                    "yields channel names such as " + Quoted.of(sample.toString()) + ", each of which " + fault);
        }
        var name = new ChannelName(sample.toString());
        boolean constant = parts.stream().allMatch(Part.Literal.class::isInstance);
        return new ChannelTemplate(parts, name.tokens(), constant ? name : null);
    }

    /// The channel, or null if a part is missing or empty, or the outcome is not a channel name.
    @Nullable
    ChannelName channel(Event event, Headers headers) {
        if (constant != null) {
            return constant;
        }
        var name = new StringBuilder(64);
        for (int i = 0; i < parts.size(); i++) {
            if (!append(parts.get(i), event, headers, name)) {
                return null;
            }
        }
        return ChannelName.fault(name) == null ? new ChannelName(name.toString()) : null;
    }

    /// Whether it could yield a channel that the pattern matches; errs to true.
    boolean canYield(ChannelPattern pattern) {
        if (constant != null) {
            return pattern.matches(constant);
        }
        String prefix = parts.getFirst() instanceof Part.Literal(String text) ? text : "";
        return pattern.mayMatch(prefix, tokensMin);
    }

    /// All keys whose records it puts into a channel, if the key alone decides that: null if not, or if they are many.
    @Nullable
    List<String> keys(ChannelName channel) {
        int at = -1;
        var prefix = new StringBuilder();
        var suffix = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            switch (parts.get(i)) {
                case Part.Literal(String text) -> (at < 0 ? prefix : suffix).append(text);
                case Part.Key() -> {
                    if (at >= 0) {
                        return null;
                    }
                    at = i;
                }
                case Part.OfHeader _, Part.OfAttribute _ -> {
                    return null;
                }
            }
        }
        String name = channel.value();
        if (at < 0) {
            return null;
        }
        if (name.length() <= prefix.length() + suffix.length()
                || !name.startsWith(prefix.toString())
                || !name.endsWith(suffix.toString())) {
            return List.of();
        }
        return ChannelName.unescaped(name.substring(prefix.length(), name.length() - suffix.length()));
    }

    private static boolean append(Part part, Event event, Headers headers, StringBuilder name) {
        return switch (part) {
            case Part.Literal(String text) -> {
                name.append(text);
                yield true;
            }
            case Part.Key() -> append(event.key(), name);
            case Part.OfAttribute(String attribute) -> append(attribute(event, attribute), name);
            case Part.OfHeader(String header) -> {
                Header found = headers.lastHeader(header);
                byte[] value = found == null ? null : found.value();
                if (value == null || value.length == 0) {
                    yield false;
                }
                ChannelName.escape(value, name);
                yield true;
            }
        };
    }

    private static boolean append(@Nullable String value, StringBuilder name) {
        if (value == null || value.isEmpty()) {
            return false;
        }
        ChannelName.escape(value, name);
        return true;
    }

    private static @Nullable String attribute(Event event, String name) {
        return switch (name) {
            case "id" -> event.id();
            case "source" -> event.source();
            case "type" -> event.type();
            case "subject" -> event.subject();
            default -> event.extensions().get(name);
        };
    }

    private static Part part(String template, String name) {
        if (name.equals("key")) {
            return new Part.Key();
        }
        if (name.startsWith("header.") && name.length() > "header.".length()) {
            return new Part.OfHeader(name.substring("header.".length()));
        }
        if (name.startsWith("ce.")) {
            String attribute = name.substring("ce.".length());
            if (Attributes.isName(attribute) && !NO_PARTS.contains(attribute)) {
                return new Part.OfAttribute(attribute);
            }
        }
        throw refused(template, "has the unknown part " + Quoted.of("{" + name + "}") + FIX);
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static IllegalArgumentException refused(String template, String fault) {
        return new IllegalArgumentException("channel template " + Quoted.of(template) + " " + fault);
    }
}
