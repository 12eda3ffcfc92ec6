package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.delivery.Trigger;
import java.time.Instant;

/// A parked row with its event.
///
/// @param attempt the number of the attempt to be made, from 1
/// @param parkedAt when it was parked first
public record ParkedDelivery(
        EndpointId endpoint,
        Message message,
        int attempt,
        Trigger trigger,
        ParkReason why,
        Instant due,
        Instant parkedAt,
        Row row) {
    /// In this node's hands.
    public Job job(Job.Settlement settlement) {
        return Job.backlog(message, endpoint, attempt, trigger, row, settlement);
    }
}
