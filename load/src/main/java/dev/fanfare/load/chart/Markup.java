package dev.fanfare.load.chart;

/// Text that goes into HTML or SVG.
public final class Markup {
    private Markup() {}

    /// Safe between tags and in attributes.
    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
