package dev.fanfare.webhook.payload;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The headers that an endpoint's owner may add to requests: anything but what says how the request is framed, what
/// it holds and who signed it.
public final class CustomHeaders {
    /// Names that no custom header may have, in lower case.
    public static final Set<String> RESERVED = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "traceparent",
            "tracestate",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /// What no custom header's name may begin with, in lower case.
    public static final List<String> RESERVED_PREFIXES = List.of("webhook-", "ce-", "fanfare-");

    /// Headers at most.
    public static final int COUNT_MAX = 32;

    /// Characters of a name at most.
    public static final int NAME_MAX = 128;

    /// Characters of a value at most.
    public static final int VALUE_MAX = 4096;

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private CustomHeaders() {}

    /// Whether the name is one that requests need for themselves.
    public static boolean isReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return RESERVED.contains(lower) || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith);
    }

    /// Checks number, names (RFC 9110 §5.1) and values (§5.5).
    ///
    /// @throws IllegalArgumentException with a sentence that names the header and what is wrong, never the value
    public static void check(Map<String, String> headers) {
        if (headers.size() > COUNT_MAX) {
            throw new IllegalArgumentException("has %d headers: give at most %d".formatted(headers.size(), COUNT_MAX));
        }
        var seen = new HashSet<String>();
        headers.forEach((name, value) -> {
            checkName(name);
            checkValue(name, value);
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "has the header '%s' twice, in upper and lower case: give it once".formatted(name));
            }
        });
    }

    private static void checkName(String name) {
        if (name.length() > NAME_MAX) {
            throw new IllegalArgumentException(
                    "has a header name of %d characters: use at most %d".formatted(name.length(), NAME_MAX));
        }
        if (!TOKEN.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "has the header name '%s': use A-Z a-z 0-9 and - only".formatted(FieldValues.percentEncoded(name)));
        }
        if (isReserved(name)) {
            throw new IllegalArgumentException(
                    "has the header '%s', which requests need for themselves: use another name".formatted(name));
        }
    }

    private static void checkValue(String name, String value) {
        if (value.length() > VALUE_MAX) {
            throw new IllegalArgumentException(
                    "has %d characters in the header '%s': use at most %d".formatted(value.length(), name, VALUE_MAX));
        }
        if (!FieldValues.isValid(value)) {
            throw new IllegalArgumentException(
                    "has a value in the header '%s' that is no field value: use visible ASCII, without blanks around it"
                            .formatted(name));
        }
    }
}
