package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import java.time.Duration;
import java.util.Map;

/// What is done to the special sessions while events flow.
public interface Disturbance {
    Disturbance NONE = (_, _, _) -> Map.of();

    /// Begins with the measured time.
    ///
    /// @param duration the measured time
    /// @return what the report says of it
    Map<String, Object> run(Clients clients, Source source, Duration duration) throws InterruptedException;
}
