package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import java.time.Duration;

/// Where jobs go that a lane cannot call. Called under a lane's lock: never blocks, and does not call lanes back.
public interface Parking {
    /// A live job waits in the store from now on.
    ///
    /// @param delay until it is due
    void park(Job live, ParkReason why, Duration delay);

    /// A backlog job was not called: its row stays as it is.
    void giveBack(Job backlog, ParkReason why);

    /// A live job is not delivered at all, for its endpoint is gone or gets no events.
    void end(Job live, Reason why);
}
