package dev.fanfare.events;

import java.util.Locale;

/// A record that says it is a CloudEvent but cannot be read as one. The message is a sentence that names the
/// field, its
/// value, cut short, and what would do; it holds nothing of the data. No stack trace: hostile records come in
/// numbers.
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /// Why, for counters, log lines and the headers of dead letters. The codes are stable.
    public enum Reason {
        /// Structured mode, but the value is not a JSON object in UTF-8, or too deeply nested.
        INVALID_JSON,
        /// A batch of events in one record, which the Kafka binding does not know.
        BATCH_FORMAT,
        /// Structured mode in another event format than JSON.
        UNSUPPORTED_FORMAT,
        /// `specversion` is not 1.0.
        UNSUPPORTED_SPECVERSION,
        /// One of `specversion`, `id`, `source`, `type` is absent or empty.
        MISSING_ATTRIBUTE,
        /// The name or value of an attribute is not what CloudEvents allows.
        INVALID_ATTRIBUTE,
        /// `time` is not RFC 3339.
        INVALID_TIME,
        /// `data` and `data_base64` together, bad base64, or text that is no Unicode.
        INVALID_DATA,
        /// More extension attributes than [EventDecoder#EXTENSIONS_MAX].
        TOO_MANY_ATTRIBUTES;

        /// Such as `invalid-json`.
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public UndecodableException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
