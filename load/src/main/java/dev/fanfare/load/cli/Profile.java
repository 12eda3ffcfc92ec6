package dev.fanfare.load.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A scenario as a YAML file: the names of options without their dashes, and their values. What the command line says
/// goes before it.
final class Profile implements IDefaultValueProvider {
    private final Map<String, String> values;

    private Profile(Map<String, String> values) {
        this.values = values;
    }

    /// @throws Misuse for a file that cannot be read, or an option that the command does not have
    static Profile read(Path file, CommandSpec command) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(file.toFile());
        } catch (IOException failure) {
            throw new Misuse("--profile %s cannot be read: %s".formatted(file, failure.getMessage()));
        }
        if (!root.isObject()) {
            throw new Misuse("--profile %s is no map: write 'option: value' lines".formatted(file));
        }
        var values = new LinkedHashMap<String, String>();
        for (var member : root.properties()) {
            var option = command.findOption("--" + member.getKey());
            if (option == null || member.getKey().equals("profile")) {
                throw new Misuse("--profile %s has the unknown option '%s': it may have %s"
                        .formatted(file, member.getKey(), names(command)));
            }
            values.put(member.getKey(), text(file, member.getKey(), member.getValue()));
        }
        return new Profile(values);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            var value = values.get(option.longestName().substring(2));
            return value == null ? option.defaultValue() : value;
        }
        return argument.defaultValue();
    }

    private static String text(Path file, String name, JsonNode value) {
        if (value.isArray()) {
            List<String> parts = new ArrayList<>();
            value.forEach(part -> parts.add(text(file, name, part)));
            return String.join("\n", parts);
        }
        if (!value.isValueNode() || value.isNull()) {
            throw new Misuse("--profile %s: '%s' is neither a value nor a list of values".formatted(file, name));
        }
        return value.asText();
    }

    private static String names(CommandSpec command) {
        return command.options().stream()
                .map(option -> option.longestName().substring(2))
                .filter(name -> !name.equals("help") && !name.equals("profile"))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
