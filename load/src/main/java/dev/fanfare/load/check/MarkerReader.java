package dev.fanfare.load.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Finds the marker in an event's bytes without parsing them as JSON: by the members' names, wherever they stand and
/// however deep, also inside a string in which quotes are escaped. Where the last marker stood is where the next one is
/// looked for first, as events of one kind begin alike.
///
/// One per thread: what was found is read from it, so that nothing is allocated for an event.
public final class MarkerReader {
    private static final int ABSENT = -1;

    private final byte[] channelName;
    private final byte[] sequenceName;
    private final byte[] timeName;
    private final byte[] sequenceNext;
    private final byte[] timeNext;

    private int channel;
    private long sequence;
    private long timeMicros;
    private int end;
    private int hint;
    private long number; // the last one read

    public MarkerReader(Fields fields) {
        channelName = quoted(fields.channel());
        sequenceName = quoted(fields.sequence());
        timeName = quoted(fields.time());
        sequenceNext = bytes(",\"" + fields.sequence() + "\":");
        timeNext = bytes(",\"" + fields.time() + "\":");
    }

    /// Looks for a marker in `data[from, to)`. False: there is none, and what the accessors tell is undefined.
    public boolean read(byte[] data, int from, int to) {
        int guess = from + hint;
        int start = guess < to && matches(data, guess, to, channelName) ? guess : find(data, from, to, channelName);
        while (start != ABSENT) {
            int after = number(data, start + channelName.length, to);
            if (after != ABSENT && number <= Integer.MAX_VALUE) {
                channel = (int) number;
                if (rest(data, after, from, to)) {
                    hint = start - from;
                    return true;
                }
            }
            start = find(data, start + 1, to, channelName);
        }
        return false;
    }

    public int channel() {
        return channel;
    }

    public long sequence() {
        return sequence;
    }

    public long timeMicros() {
        return timeMicros;
    }

    /// Behind the marker's last member.
    public int end() {
        return end;
    }

    private boolean rest(byte[] data, int after, int from, int to) {
        int next = at(data, after, to, sequenceNext);
        if (next != ABSENT) { // as we write it
            sequence = number;
            next = at(data, next, to, timeNext);
            if (next != ABSENT) {
                timeMicros = number;
                end = next;
                return true;
            }
        }
        int sequenceEnd = member(data, after, from, to, sequenceName);
        sequence = number;
        int timeEnd = sequenceEnd == ABSENT ? ABSENT : member(data, after, from, to, timeName);
        timeMicros = number;
        end = Math.max(after, Math.max(sequenceEnd, timeEnd));
        return timeEnd != ABSENT;
    }

    /// The number of the next member of this name, or of one before it: members have no order.
    private int member(byte[] data, int after, int from, int to, byte[] name) {
        int found = find(data, after, to, name);
        int last = found == ABSENT ? ABSENT : number(data, found + name.length, to);
        if (last != ABSENT) {
            return last;
        }
        found = find(data, from, after, name);
        return found == ABSENT ? ABSENT : number(data, found + name.length, after);
    }

    private int at(byte[] data, int from, int to, byte[] name) {
        return matches(data, from, to, name) ? digits(data, from + name.length, to) : ABSENT;
    }

    /// Skips what may stand between a name and its number: the quote's backslash is part of neither.
    private int number(byte[] data, int from, int to) {
        int i = from;
        if (i < to && data[i] == '\\') {
            i++;
        }
        if (i >= to || data[i] != '"') {
            return ABSENT;
        }
        i = blanks(data, i + 1, to);
        if (i >= to || data[i] != ':') {
            return ABSENT;
        }
        return digits(data, blanks(data, i + 1, to), to);
    }

    private int digits(byte[] data, int from, int to) {
        long value = 0;
        int i = from;
        while (i < to && data[i] >= '0' && data[i] <= '9' && i - from < 18) {
            value = value * 10 + data[i++] - '0';
        }
        number = value;
        return i == from ? ABSENT : i;
    }

    private static int blanks(byte[] data, int from, int to) {
        int i = from;
        while (i < to && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r')) {
            i++;
        }
        return i;
    }

    private static int find(byte[] data, int from, int to, byte[] name) {
        int last = to - name.length;
        byte first = name[0];
        for (int i = from; i <= last; i++) {
            if (data[i] == first && matches(data, i, to, name)) {
                return i;
            }
        }
        return ABSENT;
    }

    private static boolean matches(byte[] data, int from, int to, byte[] name) {
        return to - from >= name.length && Arrays.equals(data, from, from + name.length, name, 0, name.length);
    }

    private static byte[] quoted(String name) {
        return bytes("\"" + name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
