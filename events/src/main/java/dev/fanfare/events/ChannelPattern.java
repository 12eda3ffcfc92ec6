package dev.fanfare.events;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client subscribes to: a channel name in which `*` stands for one token and a last `**` for the rest, one
/// or
/// more tokens. `>` and `%3E` are accepted for `**`. Equal if the canonical text, which has `**`, is equal.
/// Immutable.
public final class ChannelPattern {
    private static final String NO_WILDCARD =
            "which is no wildcard here: use '*' for one token, a last '**' for the rest, one or more tokens";
    private static final String ONE = "*";
    private static final String REST = "**";

    private final String text;
    private final List<String> tokens;
    private final boolean rest;
    private final @Nullable ChannelName literal;

    private ChannelPattern(List<String> tokens, boolean rest) {
        String fixed = String.join(".", tokens);
        this.text = !rest ? fixed : tokens.isEmpty() ? REST : fixed + "." + REST;
        this.tokens = List.copyOf(tokens);
        this.rest = rest;
        this.literal = rest || tokens.contains(ONE) ? null : new ChannelName(text);
    }

    /// Reads what a client wrote.
    ///
    /// @throws IllegalArgumentException with a sentence that names the value and the fix
    public static ChannelPattern parse(String text) {
        if (text.length() > ChannelName.LENGTH_MAX) {
            throw refused(text, "has %d characters: use at most %d".formatted(text.length(), ChannelName.LENGTH_MAX));
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length > ChannelName.TOKENS_MAX) {
            throw refused(text, "has %d tokens: use at most %d".formatted(parts.length, ChannelName.TOKENS_MAX));
        }
        var tokens = new ArrayList<String>(parts.length);
        boolean rest = false;
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.equals(REST) || part.equals(">") || part.equalsIgnoreCase("%3E")) {
                if (i < parts.length - 1) {
                    throw refused(text, "has '%s' before its end: use '*' for one token there".formatted(part));
                }
                rest = true;
            } else {
                check(text, part);
                tokens.add(part);
            }
        }
        return new ChannelPattern(tokens, rest);
    }

    /// Whether there is no wildcard, so that it matches one channel only.
    public boolean isLiteral() {
        return literal != null;
    }

    /// The one channel that this matches.
    ///
    /// @throws IllegalStateException if there is a wildcard; ask [#isLiteral] first
    public ChannelName literal() {
        if (literal == null) {
            throw new IllegalStateException("channel pattern '%s' has a wildcard".formatted(text));
        }
        return literal;
    }

    public boolean matches(ChannelName name) {
        if (literal != null) {
            return literal.equals(name);
        }
        String value = name.value();
        int start = 0;
        for (String token : tokens) {
            if (start > value.length()) {
                return false;
            }
            int end = value.indexOf('.', start);
            end = end < 0 ? value.length() : end;
            if (!token.equals(ONE) && !(token.length() == end - start && value.startsWith(token, start))) {
                return false;
            }
            start = end + 1;
        }
        return rest == start < value.length();
    }

    /// Whether every channel that the other pattern matches is matched by this one too.
    public boolean covers(ChannelPattern other) {
        int fixed = tokens.size();
        boolean longEnough = other.tokens.size() + (other.rest ? 1 : 0) > fixed;
        if (rest ? !longEnough : other.rest || other.tokens.size() != fixed) {
            return false;
        }
        for (int i = 0; i < fixed; i++) {
            String token = tokens.get(i);
            if (!token.equals(ONE) && !token.equals(other.tokens.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// Canonical: `orders.>` is `orders.**`.
    public String text() {
        return text;
    }

    /// Whether some name that begins with the text and has at least so many tokens could match. Errs to true.
    ///
    /// @param prefix begins a channel name; what follows its last dot may be part of a token
    boolean mayMatch(String prefix, int tokensMin) {
        if (!rest && tokens.size() < tokensMin) {
            return false;
        }
        int start = 0;
        for (String token : tokens) {
            int end = prefix.indexOf('.', start);
            if (end < 0) {
                return token.equals(ONE) || token.startsWith(prefix.substring(start));
            }
            if (!token.equals(ONE) && !token.equals(prefix.substring(start, end))) {
                return false;
            }
            start = end + 1;
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChannelPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static void check(String text, String part) {
        if (part.equals(ONE)) {
            return;
        }
        if (part.indexOf('+') >= 0) {
            throw refused(text, "has '+', " + NO_WILDCARD);
        }
        if (part.equals(" ")) {
            throw refused(text, "has ' ', as '+' in a URL is read, " + NO_WILDCARD);
        }
        if (part.indexOf('#') >= 0) {
            throw refused(text, "has '#', " + NO_WILDCARD);
        }
        if (part.indexOf('*') >= 0 || part.indexOf('>') >= 0) {
            throw refused(text, "has a wildcard inside a token: use '*' alone for one token, '**' last for the rest");
        }
        String fault = ChannelName.fault(part);
        if (fault != null) {
            throw refused(text, fault);
        }
    }

    private static IllegalArgumentException refused(String text, String fault) {
        return new IllegalArgumentException("channel pattern " + Quoted.of(text) + " " + fault);
    }
}
