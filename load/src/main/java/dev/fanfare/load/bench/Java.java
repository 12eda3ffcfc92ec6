package dev.fanfare.load.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Command lines of this JVM's kind.
final class Java {
    private Java() {}

    static List<String> command(String... arguments) {
        var command = new ArrayList<String>();
        command.add(tool("java"));
        command.addAll(List.of(arguments));
        return command;
    }

    /// A program of the JDK.
    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }
}
