package dev.fanfare.service.config;

import java.util.regex.Pattern;

/// What Kafka takes as the name of a topic.
public final class Topics {
    public static final String WANTED = "it must be a topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private Topics() {}

    public static boolean isLegal(String name) {
        return LEGAL.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
