package dev.fanfare.webhook.replay;

import dev.fanfare.events.UndecodableException;
import dev.fanfare.webhook.api.Replays.Request;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.ingest.RecordTaker;
import dev.fanfare.webhook.payload.Payloads;
import dev.fanfare.webhook.replay.Progress.Part;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Failure;
import dev.fanfare.webhook.store.ReplayStore;
import dev.fanfare.webhook.store.ReplayStore.Claim;
import dev.fanfare.webhook.store.ReplayStore.State;
import dev.fanfare.webhook.store.ReplayStore.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/// One claim of a replay, from where it stands on: until its end, or until somebody else should have a turn. How far it
/// has come is committed with what it parks, each half second at least, which also shows whether it is still wanted.
///
/// Threads: the one that calls [#run].
final class Run {
    static final int CHUNK_MAX = 500;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Parts parts;
    private final Claim claim;
    private final Request request;
    private final Throttle throttle;
    private final Registry wanting = new Registry(); // of this endpoint only, as stored a moment ago
    private Endpoint endpoint;
    private Progress progress;
    private final long turnEnds = System.nanoTime() + TURN_NANOS;
    private long beatAt;
    private long matched; // since the last step
    private boolean settling = true; // whether it is worth while to wait for live deliveries

    /// What runs share.
    ///
    /// @param waitingMax parked deliveries of the endpoint; while there are more, nothing is added
    /// @param closing zero once this node stops
    record Parts(
            ReplayStore store,
            EndpointStore endpoints,
            Settled settled,
            RecordTaker taker,
            Kafka kafka,
            int waitingMax,
            CountDownLatch closing) {}

    /// How far live deliveries are settled: what is beyond that is not missing, it is on its way.
    @FunctionalInterface
    interface Settled {
        /// Whether all events of a partition up to that offset are; also true if nothing is known.
        boolean upTo(Part part, long offset);
    }

    /// Ends the turn; all that has happened is committed.
    private static final class TurnOver extends Exception {
        private static final long serialVersionUID = 1;

        TurnOver() {
            super(null, null, false, false);
        }
    }

    Run(Parts parts, Claim claim, ReplayStore.Stored stored, Endpoint endpoint) {
        this.parts = parts;
        this.claim = claim;
        this.request = Codec.request(stored.request());
        this.progress = Codec.progress(stored.progress());
        this.throttle = new Throttle(request.ratePerSecond());
        this.endpoint = endpoint;
        this.beatAt = System.nanoTime();
        wanting.apply(1, List.of(endpoint), List.of());
    }

    /// @throws RuntimeException while Kafka or the store is away
    void run() {
        try {
            check();
            if (!progress.parts().stream().allMatch(Part::isDone)) {
                makeRoom();
            }
            try (var reader = parts.kafka.open(CHUNK_MAX)) {
                for (int i = 0; i < progress.parts().size(); i++) {
                    if (!progress.parts().get(i).isDone()) {
                        read(reader.consumer(), i);
                    }
                }
            }
            step(State.DONE, List.of());
        } catch (TurnOver _) {
            // whoever has the next turn goes on
        }
    }

    private void read(Consumer<byte[], byte[]> consumer, int index) throws TurnOver {
        var part = progress.parts().get(index);
        var place = new TopicPartition(part.topic(), part.partition());
        if (!isThere(part)) {
            lose(index, part.end());
            return;
        }
        consumer.assign(List.of(place));
        consumer.seek(place, part.next());
        while (!progress.parts().get(index).isDone()) {
            beat();
            try {
                var records = consumer.poll(POLL).records(place);
                take(index, records, Math.min(part.end(), consumer.position(place)));
            } catch (OffsetOutOfRangeException gone) {
                long first = consumer.beginningOffsets(List.of(place)).getOrDefault(place, part.end());
                lose(index, Math.min(part.end(), first));
                consumer.seek(place, Math.max(first, progress.parts().get(index).next()));
            }
        }
    }

    private boolean isThere(Part part) {
        return Optional.ofNullable(parts.kafka.describe(Set.of(part.topic())).get(part.topic()))
                .filter(topic -> topic.topicId().equals(part.topicId()))
                .map(TopicDescription::partitions)
                .filter(partitions -> part.partition() < partitions.size())
                .isPresent();
    }

    private void lose(int index, long next) {
        var part = progress.parts().get(index);
        if (next > part.next()) {
            progress = progress.note("No longer in Kafka: %s.".formatted(part.offsets(next)))
                    .to(index, next);
        }
    }

    /// @param next after the records
    private void take(int index, List<ConsumerRecord<byte[], byte[]>> records, long next) throws TurnOver {
        var wanted = wanted(progress.parts().get(index), records);
        if (!wanted.isEmpty()) {
            makeRoom();
        }
        var present = present(progress.parts().get(index), wanted);
        var parked = new ArrayList<Message>();
        for (var message : wanted) {
            if (present.contains(message.id())) {
                continue;
            }
            if (!request.dryRun()) {
                if (Payloads.isTooLarge(message.event())) {
                    progress = progress.without(1, 0);
                } else {
                    parked.add(permitted(index, message, parked));
                }
            }
            matched++;
        }
        progress = progress.to(index, next);
        if (!parked.isEmpty()) {
            park(index, parked);
        }
    }

    private List<Message> wanted(Part part, List<ConsumerRecord<byte[], byte[]>> records) {
        var wanted = new ArrayList<Message>();
        for (var record : records) {
            if (record.offset() < part.end()) {
                try {
                    parts.taker
                            .read(part.topicId(), record)
                            .filter(message ->
                                    !wanting.match(message).endpoints().isEmpty())
                            .ifPresent(wanted::add);
                } catch (UndecodableException _) {
                    // nobody wants it; the intake has told of it
                }
            }
        }
        return wanted;
    }

    private Set<MessageId> present(Part part, List<Message> wanted) throws TurnOver {
        if (!request.missingOnly() || wanted.isEmpty()) {
            return Set.of();
        }
        long last = wanted.getLast().id().offset();
        long givesUpAt = System.nanoTime() + SETTLING_NANOS;
        while (settling && !parts.settled.upTo(part, last)) {
            settling = System.nanoTime() < givesUpAt;
            pause(BEAT_NANOS);
        }
        return parts.store.present(
                endpoint.id(), wanted.stream().map(Message::id).toList());
    }

    /// Waits until the message may be parked; what came before it is parked in the meantime.
    private Message permitted(int index, Message message, List<Message> before) throws TurnOver {
        long nanos = throttle.take();
        if (nanos > 0) {
            progress = progress.to(index, message.id().offset());
            park(index, before);
            before.clear();
            pause(nanos);
        }
        return message;
    }

    /// What the store refuses is left out, and nothing else.
    private void park(int index, List<Message> messages) throws TurnOver {
        try {
            step(State.RUNNING, messages);
        } catch (RuntimeException failure) {
            if (messages.isEmpty() || Failure.of(failure) != Failure.DATA) {
                throw failure;
            }
            if (messages.size() == 1) {
                progress = progress.without(0, 1);
                step(State.RUNNING, List.of());
                return;
            }
            int half = messages.size() / 2;
            long next = progress.parts().get(index).next();
            progress = progress.to(index, messages.get(half).id().offset());
            park(index, messages.subList(0, half));
            progress = progress.to(index, next);
            park(index, messages.subList(half, messages.size()));
        }
    }

    private void step(State state, List<Message> messages) throws TurnOver {
        var step = new Step(state, progress.detail(), Codec.text(progress), matched, messages);
        if (parts.store.advance(claim, endpoint, step).isEmpty()) {
            throw new TurnOver(); // cancelled, or somebody else's
        }
        matched = 0;
        beatAt = System.nanoTime();
    }

    private void makeRoom() throws TurnOver {
        if (!request.dryRun() && parts.store.waiting(endpoint.id(), parts.waitingMax) >= parts.waitingMax) {
            over("Waits, as %d deliveries are parked for the endpoint.".formatted(parts.waitingMax));
        }
    }

    private void pause(long nanos) throws TurnOver {
        try {
            if (parts.closing.await(nanos, TimeUnit.NANOSECONDS)) {
                over("");
            }
        } catch (InterruptedException nobodys) {
            over("");
        }
        beat();
    }

    private void beat() throws TurnOver {
        long now = System.nanoTime();
        if (parts.closing.getCount() == 0 || now - turnEnds > 0) {
            over("");
        }
        if (now - beatAt > BEAT_NANOS) {
            step(State.RUNNING, List.of());
            check();
        }
    }

    /// Takes over what has changed about the endpoint, and fails if it gets no events any more.
    private void check() throws TurnOver {
        var stored = parts.endpoints.find(endpoint.id());
        if (stored.isEmpty()) {
            fail("The endpoint was deleted.");
        } else if (!stored.get().isActive()) {
            fail("The endpoint is disabled%s: enable it, and start another replay."
                    .formatted(stored.get()
                            .disabledReason()
                            .map(" (%s)"::formatted)
                            .orElse("")));
        } else {
            endpoint = stored.get();
            wanting.apply(1, List.of(endpoint), List.of());
        }
    }

    private void fail(String why) throws TurnOver {
        leave(State.FAILED, why);
        throw new TurnOver();
    }

    private void over(String why) throws TurnOver {
        leave(State.RUNNING, why);
        throw new TurnOver();
    }

    private void leave(State state, String why) throws TurnOver {
        step(State.RUNNING, List.of());
        parts.store.leave(claim, state, (why + " " + progress.detail()).strip());
    }
}
