package dev.fanfare.load.hook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The endpoints that are wanted.
///
/// @param count how many
/// @param channels names of all channels; endpoint i gets `channelsEach` of them, from i × that on, round
/// @param events of each channel
/// @param tenant whose they are
/// @param settings what else the dispatcher is told of each
/// @param failures each of a share of the endpoints
public record Endpoints(
        int count,
        List<String> channels,
        int channelsEach,
        int events,
        String tenant,
        ObjectNode settings,
        List<Failure> failures) {

    /// By which one finds those that were left behind.
    public static final String DESCRIPTION = "fanfare load";

    private static final String HEALTHY = "hooks";

    public Endpoints {
        channels = List.copyOf(channels);
        failures = List.copyOf(failures);
    }

    /// Makes them at the dispatcher.
    ///
    /// @param url of the receiver
    /// @throws RefusedException if it does not take one
    public List<Endpoint> register(Dispatcher dispatcher, String url) throws InterruptedException {
        var wanted = new ArrayList<ObjectNode>();
        for (int i = 0; i < count; i++) {
            var body = settings.deepCopy()
                    .put("url", url + "/hook/" + i)
                    .put("tenant", tenant)
                    .put("description", DESCRIPTION);
            var names = body.putArray("channels");
            for (int place = 0; place < channelsEach; place++) {
                names.add(channels.get(subscription(i).channel(place)));
            }
            wanted.add(body);
        }
        var made = dispatcher.register(wanted);
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < count; i++) {
            var failure = failure(i);
            try {
                endpoints.add(new Endpoint(
                        failure.map(Failure::label).orElse(HEALTHY), made.get(i).secret(), failure, subscription(i)));
            } catch (IllegalArgumentException noSecret) {
                throw new RefusedException(String.valueOf(noSecret.getMessage()));
            }
        }
        return endpoints;
    }

    /// Of how many endpoints one of the failures is: one at least.
    public static int share(Failure failure, int count) {
        return Math.max(1, (int) Math.round(failure.share() * count));
    }

    private Optional<Failure> failure(int number) {
        int end = 0;
        for (var failure : failures) {
            end += share(failure, count);
            if (number < end) {
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }

    private Endpoint.Subscription subscription(int number) {
        int first = (int) ((long) number * channelsEach % channels.size());
        return new Endpoint.Subscription(first, channelsEach, channels.size(), events);
    }
}
