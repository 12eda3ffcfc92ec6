package dev.fanfare.load.check;

import java.nio.charset.StandardCharsets;

/// Writes the data of events: a JSON object with the marker first, padded to a fixed size.
public final class Payload {
    private final Fields fields;
    private final int bytes;
    private final String padding;

    /// @param bytes of each event's data, at least [#bytesMin]
    public Payload(Fields fields, int bytes) {
        if (bytes < bytesMin(fields)) {
            throw new IllegalArgumentException(
                    "%d bytes do not hold the marker: at least %d".formatted(bytes, bytesMin(fields)));
        }
        this.fields = fields;
        this.bytes = bytes;
        this.padding = "x".repeat(bytes);
    }

    /// What the largest marker takes with these names.
    public static int bytesMin(Fields fields) {
        return marker(fields, Integer.MAX_VALUE, 999_999_999_999L, 9_999_999_999_999_999L)
                        .length()
                + ",\"pad\":\"\"}".length();
    }

    public byte[] encode(int channel, long sequence, long timeMicros) {
        var json = new StringBuilder(bytes).append(marker(fields, channel, sequence, timeMicros));
        json.append(",\"pad\":\"").append(padding, 0, Math.max(0, bytes - json.length() - 2));
        return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String marker(Fields fields, int channel, long sequence, long timeMicros) {
        return "{\"" + fields.channel() + "\":" + channel + ",\"" + fields.sequence() + "\":" + sequence + ",\""
                + fields.time() + "\":" + timeMicros;
    }
}
