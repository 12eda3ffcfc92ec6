package dev.fanfare.webhook.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/// Values of HTTP header fields (RFC 9110 §5.5), kept to what every HTTP stack passes on: visible ASCII, and blanks
/// inside.
final class FieldValues {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private FieldValues() {}

    static boolean isValid(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' || c > '~') && c != '\t') {
                return false;
            }
        }
        return value.equals(value.strip());
    }

    /// A CloudEvents attribute (HTTP binding §3.1.3.2): the UTF-8 of blanks, quotes, percent signs and all that is not
    /// visible ASCII is percent-encoded.
    static String percentEncoded(String attribute) {
        int plain = 0;
        while (plain < attribute.length() && isPlain(attribute.charAt(plain))) {
            plain++;
        }
        if (plain == attribute.length()) {
            return attribute;
        }
        var out = new StringBuilder(attribute.length() + 16).append(attribute, 0, plain);
        for (byte b : attribute.substring(plain).getBytes(UTF_8)) {
            char c = (char) (b & 0xFF);
            if (isPlain(c)) {
                out.append(c);
            } else {
                HEX.toHexDigits(out.append('%'), b);
            }
        }
        return out.toString();
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c <= '~' && c != '"' && c != '%';
    }
}
