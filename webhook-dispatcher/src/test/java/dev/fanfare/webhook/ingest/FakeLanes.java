package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.Uuid;

/// Keeps the jobs it is given until the test settles them.
final class FakeLanes implements Lanes {
    final List<Job> jobs = new CopyOnWriteArrayList<>();
    final List<Integer> readWhenBusy = new CopyOnWriteArrayList<>(); // jobs by then
    volatile boolean settleAtOnce;
    volatile int busy; // asks, of which the answer is yes

    @Override
    public void offerLive(Job job) {
        if (settleAtOnce) {
            job.settlement().settled(job);
        }
        jobs.add(job);
    }

    @Override
    public boolean areBusy(Set<EndpointId> endpoints) {
        if (endpoints.isEmpty() || readWhenBusy.size() == busy) {
            return false;
        }
        readWhenBusy.add(jobs.size());
        return true;
    }

    @Override
    public int release(Uuid topicId, int partition) {
        return (int) jobs.stream().filter(_ -> !settleAtOnce).count();
    }

    List<String> offered() {
        return jobs.stream()
                .map(job -> job.endpoint().value().substring(0, 4)
                        + job.message().id().offset())
                .toList();
    }

    void settle(long offset) {
        jobs.stream()
                .filter(job -> job.message().id().offset() == offset)
                .forEach(job -> job.settlement().settled(job));
    }
}
