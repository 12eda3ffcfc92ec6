package dev.fanfare.service.config;

import java.util.List;

/// A configuration that the app does not start with. The message has one line for each problem, with the key, the
/// value, what is allowed and where the value came from; it never holds a secret.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /// One line each.
    public List<String> problems() {
        return problems;
    }
}
