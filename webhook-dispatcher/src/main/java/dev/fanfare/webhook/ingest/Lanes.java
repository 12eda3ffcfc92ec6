package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// Where live jobs go.
public interface Lanes {
    /// Takes a job over: calls now or soon, or parks it. Never blocks.
    void offerLive(Job job);

    /// Whether these endpoints have so much waiting that what is read now would have to be parked, though they are
    /// fast. Not because of slow receivers.
    boolean areBusy(Set<EndpointId> endpoints);

    /// Forgets the partition's live jobs that are not being called: whoever reads the partition next has them again.
    ///
    /// @return how many these were
    int release(Uuid topicId, int partition);
}
