package dev.fanfare.load.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How many sessions, on what, and how they come.
///
/// @param mix the share of each transport, as weights
/// @param channels how many there are; session i subscribes to `channelsPerSession` of them, from i × that on, round
/// @param connectRate sessions per second that connect, at most
/// @param loops threads that serve the sessions
/// @param share of the sessions that something special is done to, spread evenly; 0: of none
/// @param specialName what reports call them
/// @param fromZero whether the first event of each channel is number 0; if not, any number may be the first
public record Crowd(
        int sessions,
        Map<Transport, Integer> mix,
        int channels,
        int channelsPerSession,
        double connectRate,
        int loops,
        double share,
        String specialName,
        boolean fromZero) {

    public Crowd {
        mix = Map.copyOf(mix);
    }

    /// In blocks, so that a channel with many sessions has all transports among them.
    Transport transport(int session) {
        long weights = mix.values().stream().mapToLong(Integer::longValue).sum();
        long place = session * weights / sessions;
        for (var transport : Transport.values()) {
            place -= mix.getOrDefault(transport, 0);
            if (place < 0) {
                return transport;
            }
        }
        throw new IllegalStateException("no transport for session " + session);
    }

    boolean special(int session) {
        return (long) ((session + 1) * share) > (long) (session * share);
    }

    int firstChannel(int session) {
        return (int) ((long) session * channelsPerSession % channels);
    }

    List<Integer> channels(int session) {
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < channelsPerSession; i++) {
            numbers.add((firstChannel(session) + i) % channels);
        }
        return numbers;
    }
}
