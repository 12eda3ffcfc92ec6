package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.EndpointId;

/// Which keys have parked events, so that later ones must wait behind them. Whoever parks shuts the gate before it
/// returns: the lane itself remembers nothing of jobs that have left it. Called under a lane's lock: never blocks.
@FunctionalInterface
public interface KeyGate {
    /// Whether an earlier event of this key is parked.
    boolean isBlocked(EndpointId endpoint, String key);
}
