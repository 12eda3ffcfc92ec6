package dev.fanfare.webhook.store;

/// Texts as both databases take them.
final class Texts {
    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /// Whether a database keeps it unchanged: no NUL, no half of a surrogate pair (PostgreSQL refuses both).
    static boolean isStorable(String text) {
        return storable(text, text.length()).equals(text);
    }

    /// With U+FFFD in place of what cannot be kept, and cut.
    static String storable(String text, int lengthMax) {
        var kept = new StringBuilder(Math.min(text.length(), lengthMax));
        for (int i = 0; i < text.length() && kept.length() < lengthMax; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                if (kept.length() + 2 > lengthMax) {
                    break;
                }
                kept.append(c).append(text.charAt(++i));
            } else {
                kept.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return kept.toString();
    }
}
