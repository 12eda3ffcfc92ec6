package dev.fanfare.load.cli;

import java.util.regex.Pattern;

/// Refuses what options cannot be.
final class Check {
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\r\\n]*");

    private Check() {}

    static void atLeast(String option, double value, double least) {
        if (!(value >= least)) {
            throw new Misuse("%s %s is too little: use at least %s".formatted(option, number(value), number(least)));
        }
    }

    static void share(String option, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new Misuse("%s %s is no share: use more than 0, and 1 at most".formatted(option, number(value)));
        }
    }

    static void header(String option, String value) {
        if (!HEADER.matcher(value).matches()) { // its value may be a secret
            throw new Misuse("%s takes 'Name: value', not what was given".formatted(option));
        }
    }

    private static String number(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }
}
