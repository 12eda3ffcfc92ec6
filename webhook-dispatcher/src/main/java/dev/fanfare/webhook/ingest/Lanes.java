package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.Job;
import org.apache.kafka.common.Uuid;

/// Where live jobs go.
public interface Lanes {
    /// Takes a job over: calls now or soon, or parks it. Never blocks.
    void offerLive(Job job);

    /// Forgets the partition's live jobs that are not being called: whoever reads the partition next has them again.
    ///
    /// @return how many these were
    int release(Uuid topicId, int partition);
}
