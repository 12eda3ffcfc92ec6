package dev.fanfare.webhook.page;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A colour that somebody has chosen, made readable: as text it has a contrast of 4.5 to 1 to what it stands on (WCAG
/// 2.2, 1.4.3), in both themes, and so has text on it.
///
/// @param red 0 to 255, as the others
public record Accent(int red, int green, int blue) {
    private static final Pattern SHAPE = Pattern.compile("#[0-9A-Fa-f]{6}");
    private static final double READABLE = 4.5;
    private static final int STEPS = 50;

    private static final Accent WHITE = new Accent(255, 255, 255);
    private static final Accent BLACK = new Accent(0, 0, 0);
    private static final Accent NIGHT = new Accent(13, 20, 32); // text on the accent where white cannot be read

    /// What the accent stands on: the least favourable ground of `page.css` in each theme.
    private static final Accent LIGHT_GROUND = new Accent(233, 238, 246);
    private static final Accent DARK_GROUND = new Accent(37, 46, 59);

    /// Of `#rrggbb`; empty for anything else.
    public static Optional<Accent> of(String text) {
        return Optional.of(text)
                .filter(there -> SHAPE.matcher(there).matches())
                .map(there -> Integer.parseInt(there.substring(1), 16))
                .map(rgb -> new Accent(rgb >> 16, (rgb >> 8) & 255, rgb & 255));
    }

    /// A stylesheet that puts it in the place of the accent of `page.css`.
    String css() {
        return """
                :root {
                %s}

                @media (prefers-color-scheme: dark) {
                  :root {
                %s  }
                }
                """.formatted(
                variables(readable(LIGHT_GROUND, BLACK), "  "), variables(readable(DARK_GROUND, WHITE), "    "));
    }

    private static String variables(Accent accent, String indent) {
        return "%1$s--accent: %2$s;%n%1$s--on-accent: %3$s;%n".formatted(indent, accent, accent.onIt());
    }

    /// The nearest to it that can be read there, on the way to the extreme.
    Accent readable(Accent ground, Accent extreme) {
        for (int step = 0; step < STEPS; step++) {
            var mixed = mix(extreme, (double) step / STEPS);
            if (contrast(mixed, ground) >= READABLE) {
                return mixed;
            }
        }
        return extreme;
    }

    /// Text on it.
    Accent onIt() {
        return contrast(WHITE, this) >= READABLE ? WHITE : NIGHT;
    }

    private Accent mix(Accent other, double share) {
        return new Accent(part(red, other.red, share), part(green, other.green, share), part(blue, other.blue, share));
    }

    private static int part(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * share);
    }

    /// From 1 to 21 (WCAG 2.2, contrast ratio).
    static double contrast(Accent one, Accent other) {
        double light = Math.max(one.luminance(), other.luminance());
        double dark = Math.min(one.luminance(), other.luminance());
        return (light + 0.05) / (dark + 0.05);
    }

    private double luminance() {
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    }

    private static double linear(int part) {
        double value = part / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
    }
}
