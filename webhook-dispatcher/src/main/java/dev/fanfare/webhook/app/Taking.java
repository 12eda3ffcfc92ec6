package dev.fanfare.webhook.app;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.lane.Lanes;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// Lanes, as the intake sees them.
record Taking(Lanes lanes) implements dev.fanfare.webhook.ingest.Lanes {
    @Override
    public void offerLive(Job job) {
        lanes.offerLive(job);
    }

    @Override
    public boolean areBusy(Set<EndpointId> endpoints) {
        return lanes.areBusy(endpoints);
    }

    @Override
    public int release(Uuid topicId, int partition) {
        return lanes.releasePartition(topicId, partition);
    }
}
