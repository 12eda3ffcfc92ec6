package dev.fanfare.events;

/// Foreign text made fit for a sentence: quoted, cut short, without control characters.
final class Quoted {
    private static final int SHOWN_MAX = 80;

    private Quoted() {}

    static String of(String text) {
        var out = new StringBuilder(Math.min(text.length(), SHOWN_MAX) + 5).append('\'');
        for (int i = 0; i < text.length() && i < SHOWN_MAX; i++) {
            char c = text.charAt(i);
            out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return out.append(text.length() > SHOWN_MAX ? "…'" : "'").toString();
    }
}
