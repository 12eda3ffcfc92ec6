package dev.fanfare.gateway.app;

import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.service.config.Values;

/// Reads everything under `management`. Whether somebody could use it is looked at when it is opened.
final class ManagementReader {
    private final Values values;

    ManagementReader(Values values) {
        this.values = values;
    }

    ManagementSettings read() {
        var standard = ManagementSettings.DEFAULT;
        var management = new ManagementSettings(
                values.flag("management.enabled", standard.enabled()),
                values.text("management.host", standard.host()),
                values.integer("management.port", standard.port(), 0, 65_535),
                values.text("management.token"),
                values.integer("management.record-one-in", standard.recordOneIn(), 0, 1_000_000));
        if (management.enabled() && values.good("management.host")) {
            ServerReader.checkHost(values, "management.host", management.host());
        }
        return management;
    }
}
