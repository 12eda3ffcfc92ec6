package dev.fanfare.service.log;

/// How entries of the log are written.
public enum LogFormat {
    /// For people: a time, a level, who says it, and what.
    TEXT,
    /// For programs: an object a line.
    JSON
}
