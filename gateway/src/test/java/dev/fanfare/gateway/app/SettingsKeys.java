package dev.fanfare.gateway.app;

import dev.fanfare.gateway.config.GatewaySettings;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The keys that the settings' records imply, by reflection: a component's name in kebab case under its record's.
final class SettingsKeys {
    private SettingsKeys() {}

    /// Key by key, what is in the settings; `kafka`, `routes` and `access.issuers` have other rules
    /// and are left out.
    static Map<String, Object> of(GatewaySettings settings) {
        var all = new TreeMap<String, Object>();
        for (var section : GatewaySettings.class.getRecordComponents()) {
            if (section.getType().isRecord()) {
                put(all, kebab(section), get(section, settings));
            }
        }
        return all;
    }

    /// The same of every section's `DEFAULT`, without reading anything.
    static Map<String, Object> defaults() {
        var all = new TreeMap<String, Object>();
        Arrays.stream(GatewaySettings.class.getRecordComponents())
                .filter(section -> section.getType().isRecord())
                .forEach(section -> put(all, kebab(section), standard(section.getType())));
        return all;
    }

    private static void put(Map<String, Object> all, String path, Object record) {
        for (var component : record.getClass().getRecordComponents()) {
            var key = path + "." + kebab(component);
            if (component.getType().isRecord()) {
                put(all, key, get(component, record));
            } else if (!key.equals("access.issuers")) {
                all.put(key, get(component, record));
            }
        }
    }

    /// What a value looks like in a document.
    static String text(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(String::valueOf).orElse("");
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(","));
            default -> String.valueOf(value);
        };
    }

    private static String kebab(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Object standard(Class<?> section) {
        try {
            return section.getField("DEFAULT").get(null);
        } catch (ReflectiveOperationException unexpected) {
            throw new LinkageError(section + " has no DEFAULT", unexpected);
        }
    }

    private static Object get(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException unexpected) {
            throw new LinkageError(component.toString(), unexpected);
        }
    }
}
