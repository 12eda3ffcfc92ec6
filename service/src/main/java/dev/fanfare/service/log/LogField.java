package dev.fanfare.service.log;

/// Something that an entry is about, as one of its parameters: reads as its value in the message, and is a member of
/// its own where entries are JSON.
///
/// @param name the member's
/// @param value a number stays one; anything else is text. No secret
public record LogField(String name, Object value) {
    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
