package dev.fanfare.gateway.config;

import dev.fanfare.service.log.LogFormat;

/// What the process says, and how.
///
/// @param sessions whether it tells of each session when it ends
public record LoggingSettings(LogFormat format, boolean sessions) {
    public static final LoggingSettings DEFAULT = new LoggingSettings(LogFormat.TEXT, false);
}
