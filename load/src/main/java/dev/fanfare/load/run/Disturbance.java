package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Particulars;
import java.time.Duration;

/// What is done to the special sessions while events flow.
public interface Disturbance {
    Disturbance NONE = (_, _, _) -> Particulars.NONE;

    /// Begins with the measured time.
    ///
    /// @param duration the measured time
    /// @return what the report says of it
    Particulars run(Clients clients, Source source, Duration duration) throws InterruptedException;
}
