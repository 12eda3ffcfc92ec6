package dev.fanfare.events;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// UTF-8 as RFC 3629 has it, checked without decoding: no overlong forms, no surrogates, nothing above U+10FFFF.
final class Utf8 {
    private Utf8() {}

    static boolean isValid(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            int lead = bytes[i++];
            if (lead >= 0) {
                continue;
            }
            int more = lead < (byte) 0xE0 ? 1 : lead < (byte) 0xF0 ? 2 : 3;
            if (lead < (byte) 0xC2 || lead > (byte) 0xF4 || i + more > bytes.length) {
                return false;
            }
            // the second byte's range excludes what is overlong, a surrogate or too large
            int second = bytes[i] & 0xFF;
            int least = lead == (byte) 0xE0 ? 0xA0 : lead == (byte) 0xF0 ? 0x90 : 0x80;
            int most = lead == (byte) 0xED ? 0x9F : lead == (byte) 0xF4 ? 0x8F : 0xBF;
            if (second < least || second > most) {
                return false;
            }
            for (int k = 1; k < more; k++) {
                if ((bytes[i + k] & 0xC0) != 0x80) {
                    return false;
                }
            }
            i += more;
        }
        return true;
    }

    /// The text, or null if the bytes are not UTF-8.
    static @Nullable String decode(byte[] bytes) {
        return isValid(bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    /// Whether UTF-8 can say it: no surrogate stands alone.
    static boolean isEncodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
