package dev.fanfare.load.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What only some scenarios have to say.
///
/// @param who gets the deliveries, in the plural
/// @param passed what is known if nothing is wrong
/// @param figures in the order in which they are told
/// @param latencies of other things than all deliveries of some sessions, in microseconds
/// @param faults what else is wrong
public record Particulars(
        String who, String passed, Map<String, Object> figures, Map<String, Histogram> latencies, List<String> faults) {
    public static final Particulars NONE = of(Map.of());

    public Particulars {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        latencies = Collections.unmodifiableMap(new LinkedHashMap<>(latencies));
        faults = List.copyOf(faults);
    }

    /// Who gets the deliveries, with a capital.
    public String titled() {
        return Character.toUpperCase(who.charAt(0)) + who.substring(1);
    }

    /// Of sessions.
    public static Particulars of(Map<String, Object> figures) {
        return of(figures, List.of());
    }

    /// Of sessions.
    public static Particulars of(Map<String, Object> figures, List<String> faults) {
        return ofSessions(figures, Map.of(), faults);
    }

    /// Of sessions.
    public static Particulars of(Map<String, Object> figures, Map<String, Histogram> latencies) {
        return ofSessions(figures, latencies, List.of());
    }

    private static Particulars ofSessions(
            Map<String, Object> figures, Map<String, Histogram> latencies, List<String> faults) {
        return new Particulars("sessions", "nothing missing, double or out of order", figures, latencies, faults);
    }
}
