package dev.fanfare.load.check;

/// The names of the marker's members in an event's data, a JSON object.
///
/// @param channel the channel's number
/// @param sequence the event's number in its channel, from 0
/// @param time when it was to be sent, in microseconds since 1970
public record Fields(String channel, String sequence, String time) {
    public static final Fields DEFAULT = new Fields("ch", "seq", "at");
}
