package dev.fanfare.gateway.protocol;

/// How much of an event a client sees.
public enum Format {
    /// The event's data as it is.
    DATA,
    /// An object with `id`, `channel`, `eventId`, `eventType`, `key`, `time` and `data`.
    JSON,
    /// A structured CloudEvent (CloudEvents 1.0, JSON event format).
    CLOUDEVENTS
}
