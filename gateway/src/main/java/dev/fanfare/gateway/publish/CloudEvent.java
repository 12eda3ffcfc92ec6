package dev.fanfare.gateway.publish;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Pattern;

/// A CloudEvent (1.0.2) that somebody wants published, valid by construction.
///
/// @param attributes by name, in string form; `datacontenttype` among them
@SuppressWarnings("ArrayRecordComponent") // lives for one request and is never compared
record CloudEvent(Map<String, String> attributes, byte[] data) {
    static final String CONTENT_TYPE = "datacontenttype";

    private static final int ATTRIBUTES_MAX = 100;
    private static final int SHOWN_MAX = 80;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,64}");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+\\s*(;.*)?");

    /// @throws ProblemException names the attribute, its value and the fix
    CloudEvent {
        if (attributes.size() > ATTRIBUTES_MAX) {
            throw invalid("the event has %d attributes: send at most %d".formatted(attributes.size(), ATTRIBUTES_MAX));
        }
        attributes.forEach(CloudEvent::checkName);
        required(attributes, "specversion", "write 1.0");
        required(attributes, "id", "write one that is unique within the event's source");
        required(attributes, "source", "write a URI reference such as /shop/orders");
        required(attributes, "type", "write one such as com.example.order.shipped");
        attributes.forEach(CloudEvent::checkValue);
    }

    private static void checkName(String name, String value) {
        if (!NAME.matcher(name).matches() || name.equals("data")) {
            throw invalid("attribute name %s (value %s) is not allowed: use 1 to 64 of a-z and 0-9, and not 'data'"
                    .formatted(quoted(name), quoted(value)));
        }
    }

    private static void required(Map<String, String> attributes, String name, String fix) {
        var value = attributes.get(name);
        if (value == null || value.isEmpty()) {
            throw invalid("attribute '%s' is %s: %s".formatted(name, value == null ? "missing" : "empty", fix));
        }
    }

    private static void checkValue(String name, String value) {
        for (var i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw invalid(name, value, "leave out the control character at %d".formatted(i));
            }
        }
        switch (name) {
            case "specversion" -> check(value.equals("1.0"), name, value, "write 1.0, the only one that is known here");
            case "source" -> check(isUri(value), name, value, "write a URI reference such as /shop/orders");
            case "dataschema" -> check(isUri(value) && !value.isEmpty(), name, value, "write a URI");
            case "subject", "partitionkey" -> check(!value.isEmpty(), name, value, "write one or leave it out");
            case "time" -> check(isTime(value), name, value, "write RFC 3339, such as 2026-11-21T09:30:00Z");
            case CONTENT_TYPE ->
                check(MEDIA_TYPE.matcher(value).matches(), name, value, "write a media type such as application/json");
            default -> {}
        }
    }

    private static boolean isUri(String value) {
        try {
            new URI(value);
            return true;
        } catch (URISyntaxException bad) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        try {
            return TIME.matcher(value).matches() && OffsetDateTime.parse(value).getYear() >= 0;
        } catch (DateTimeParseException bad) {
            return false;
        }
    }

    private static void check(boolean good, String name, String value, String fix) {
        if (!good) {
            throw invalid(name, value, fix);
        }
    }

    static ProblemException invalid(String name, String value, String fix) {
        return invalid("attribute '%s' is %s: %s".formatted(name, quoted(value), fix));
    }

    static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.INVALID_EVENT, detail);
    }

    /// Foreign text made fit for a sentence.
    static String quoted(String text) {
        return "'" + (text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…") + "'";
    }
}
