package dev.fanfare.charts;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Reads a configuration as the apps do at their start.
final class Settings {
    private Settings() {}

    /// @param app `gateway` or `webhooks`
    /// @throws Exception the app's, with all that is wrong
    static Object read(String app, Path file, Map<String, String> environment) throws Exception {
        var type = Class.forName("dev.fanfare.%s.app.SettingsReader".formatted(app.replace("webhooks", "webhook")));
        var reader = type.getDeclaredMethod("read", Optional.class, Map.class, Properties.class);
        reader.setAccessible(true);
        try {
            return reader.invoke(null, Optional.of(file), environment, new Properties());
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failure;
        }
    }
}
