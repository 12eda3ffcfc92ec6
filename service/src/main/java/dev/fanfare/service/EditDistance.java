package dev.fanfare.service;

import java.util.Locale;

/// How far two names are from each other, to find what somebody most likely meant.
public final class EditDistance {
    /// Longer names are compared by their beginnings: the work per name stays bounded, whatever somebody sends.
    public static final int LENGTH_MAX = 64;

    private EditDistance() {}

    /// Levenshtein's distance, case ignored.
    public static int between(String given, String known) {
        var from = cut(given.toLowerCase(Locale.ROOT));
        var name = cut(known.toLowerCase(Locale.ROOT));
        var row = new int[name.length() + 1];
        for (var j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (var i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.length; j++) {
                var above = row[j];
                var change = from.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(diagonal + change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[name.length()];
    }

    /// The beginning that counts.
    public static String cut(String name) {
        return name.length() <= LENGTH_MAX ? name : name.substring(0, LENGTH_MAX);
    }
}
