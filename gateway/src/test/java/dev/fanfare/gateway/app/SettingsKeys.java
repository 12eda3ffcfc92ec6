package dev.fanfare.gateway.app;

import dev.fanfare.gateway.config.GatewaySettings;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The keys that the settings' records imply, by reflection: a component's name in kebab case under its record's.
final class SettingsKeys {
    private SettingsKeys() {}

    /// Key by key, what is in the settings; `kafka` and `routes` have other rules and are left out.
    static Map<String, Object> of(GatewaySettings settings) {
        var all = new TreeMap<String, Object>();
        for (var section : GatewaySettings.class.getRecordComponents()) {
            if (section.getType().isRecord()) {
                for (var component : section.getType().getRecordComponents()) {
                    all.put(kebab(section) + "." + kebab(component), get(component, get(section, settings)));
                }
            }
        }
        return all;
    }

    /// The same of every section's `DEFAULT`, without reading anything.
    static Map<String, Object> defaults() {
        var all = new TreeMap<String, Object>();
        Arrays.stream(GatewaySettings.class.getRecordComponents())
                .filter(section -> section.getType().isRecord())
                .forEach(section -> {
                    for (var component : section.getType().getRecordComponents()) {
                        all.put(kebab(section) + "." + kebab(component), get(component, standard(section.getType())));
                    }
                });
        return all;
    }

    /// What a value looks like in a document.
    static String text(Object value) {
        return value instanceof Optional<?> optional
                ? optional.map(String::valueOf).orElse("")
                : String.valueOf(value);
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
