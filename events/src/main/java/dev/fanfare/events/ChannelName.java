package dev.fanfare.events;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The name of one channel, such as `orders.42`: tokens between dots. Valid by construction, and never a pattern.
///
/// A token is one or more of `A-Z a-z 0-9 _ - : @ = ~` and `%XX` escapes of the UTF-8 bytes of any other character
/// (upper-case hex; a character of the set, and the dot, is never escaped). `%3E` alone is no token: in a
/// subscription it is the wildcard `>`.
///
/// @param value at most [#LENGTH_MAX] characters, all ASCII, and [#TOKENS_MAX] tokens
public record ChannelName(String value) implements Comparable<ChannelName> {
    public static final int LENGTH_MAX = 255;
    public static final int TOKENS_MAX = 32;

    private static final int DOTS_MAX = 3; // of a text whose meanings are told
    private static final String HEX = "0123456789ABCDEF";
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            PLAIN[c] = true;
            PLAIN[c - 'a' + 'A'] = true;
        }
        for (char c : "0123456789_-:@=~".toCharArray()) {
            PLAIN[c] = true;
        }
    }

    /// Takes what is a name already.
    ///
    /// @throws IllegalArgumentException with a sentence that names the value and the fix
    public ChannelName {
        String fault = fault(value);
        if (fault != null) {
            throw new IllegalArgumentException("channel name " + Quoted.of(value) + " " + fault);
        }
    }

    /// The channel of that name.
    ///
    /// @throws IllegalArgumentException with a sentence that names the value and the fix
    public static ChannelName of(String value) {
        return new ChannelName(value);
    }

    /// Foreign text, such as an event's type, in the alphabet of names: `/` becomes `.`, what a name does not take is
    /// escaped. Empty if no name comes of it.
    public static Optional<ChannelName> escaped(String text) {
        var name = new StringBuilder(text.length() + 8);
        escape(text, name);
        return fault(name) == null ? Optional.of(new ChannelName(name.toString())) : Optional.empty();
    }

    /// All texts that are escaped to this one, which has no foreign characters: each dot was a dot or a slash. Null if
    /// there are too many.
    static @Nullable List<String> unescaped(String escaped) {
        if (escaped.chars().filter(c -> c == '.').count() > DOTS_MAX) {
            return null;
        }
        var bytes = new ByteArrayOutputStream(escaped.length());
        var texts = new ArrayList<ByteArrayOutputStream>(List.of(bytes));
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '.') {
                for (var before : List.copyOf(texts)) {
                    var other = new ByteArrayOutputStream(escaped.length());
                    other.writeBytes(before.toByteArray());
                    before.write('.');
                    other.write('/');
                    texts.add(other);
                }
            } else {
                int octet = c == '%' ? Integer.parseInt(escaped, i + 1, i + 3, 16) : c;
                i += c == '%' ? 2 : 0;
                texts.forEach(text -> text.write(octet));
            }
        }
        return texts.stream().map(text -> text.toString(StandardCharsets.UTF_8)).toList();
    }

    /// How many tokens there are, at least 1.
    public int tokens() {
        int tokens = 1;
        for (int i = value.indexOf('.'); i >= 0; i = value.indexOf('.', i + 1)) {
            tokens++;
        }
        return tokens;
    }

    /// One token.
    ///
    /// @param index from 0; at least 0
    /// @throws IndexOutOfBoundsException if there is no such token
    public String token(int index) {
        Objects.checkIndex(index, TOKENS_MAX);
        int start = 0;
        for (int i = 0; i < index; i++) {
            int dot = value.indexOf('.', start);
            if (dot < 0) {
                throw new IndexOutOfBoundsException(index);
            }
            start = dot + 1;
        }
        int end = value.indexOf('.', start);
        return value.substring(start, end < 0 ? value.length() : end);
    }

    @Override
    public int compareTo(ChannelName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    /// What keeps the text from being a channel name and how to mend it, to follow the quoted text; null if
    /// nothing.
    static @Nullable String fault(CharSequence text) {
        int length = text.length();
        if (length > LENGTH_MAX) {
            return "has %d characters: use at most %d".formatted(length, LENGTH_MAX);
        }
        int tokens = 0;
        int start = 0;
        for (int i = 0; i <= length; i++) {
            char c = i == length ? '.' : text.charAt(i);
            if (c == '.') {
                if (i == start) {
                    return "has an empty token: write one or more characters before, after and between dots";
                }
                if (isEscapedRest(text, start, i)) {
                    return "has the token '%3E', which is the wildcard '>': use another name";
                }
                tokens++;
                start = i + 1;
            } else if (c == '%') {
                String fault = escapeFault(text, i);
                if (fault != null) {
                    return fault;
                }
                i += 2;
            } else if (!isPlain(c)) {
                return foreign(text, i);
            }
        }
        return tokens > TOKENS_MAX ? "has %d tokens: use at most %d".formatted(tokens, TOKENS_MAX) : null;
    }

    /// Appends foreign text as part of a channel name: `/` becomes `.`, dots stay, the rest is escaped where
    /// needed.
    /// Gives up once the name is too long anyway.
    static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length() && out.length() <= LENGTH_MAX; i++) {
            char c = text.charAt(i);
            if (c < 128) {
                escape((byte) c, out);
            } else {
                int codePoint = text.codePointAt(i);
                escape(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8), out);
                i += Character.charCount(codePoint) - 1;
            }
        }
    }

    /// As [#escape(String,StringBuilder)], for text that is UTF-8 or should be.
    static void escape(byte[] text, StringBuilder out) {
        for (int i = 0; i < text.length && out.length() <= LENGTH_MAX; i++) {
            escape(text[i], out);
        }
    }

    private static void escape(byte b, StringBuilder out) {
        if (b == '/' || b == '.') {
            out.append('.');
        } else if (b >= 0 && PLAIN[b]) {
            out.append((char) b);
        } else {
            out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
        }
    }

    private static boolean isPlain(char c) {
        return c < 128 && PLAIN[c];
    }

    private static boolean isEscapedRest(CharSequence text, int start, int end) {
        return end - start == 3
                && text.charAt(start) == '%'
                && text.charAt(start + 1) == '3'
                && text.charAt(start + 2) == 'E';
    }

    private static @Nullable String escapeFault(CharSequence text, int at) {
        int high = at + 2 < text.length() ? HEX.indexOf(text.charAt(at + 1)) : -1;
        int low = at + 2 < text.length() ? HEX.indexOf(text.charAt(at + 2)) : -1;
        if (high < 0 || low < 0) {
            return "has '%' at " + at + ": follow it with two of 0-9 A-F, or write %25 for the sign itself";
        }
        char escaped = (char) (high << 4 | low);
        return isPlain(escaped) || escaped == '.'
                ? "has an escape at %d that needs none: write '%c'".formatted(at, escaped)
                : null;
    }

    private static String foreign(CharSequence text, int at) {
        int codePoint = Character.codePointAt(text, at);
        var escaped = new StringBuilder();
        escape(Character.toString(codePoint), escaped);
        return "has %s at %d: write %s (between dots stand A-Z a-z 0-9 _ - : @ = ~ and %%XX escapes)"
                .formatted(
                        codePoint < 32 || codePoint == 127
                                ? "a control character"
                                : Quoted.of(Character.toString(codePoint)),
                        at,
                        codePoint == '/' ? "'.'" : escaped);
    }
}
