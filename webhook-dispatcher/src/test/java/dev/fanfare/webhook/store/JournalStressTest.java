package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Random entries of random jobs, in random batches, against a model that takes one entry at a time.
@ParameterizedClass
@EnumSource
class JournalStressTest {
    private static final int RUNS = Boolean.getBoolean("fanfare.long") ? 16 : 1; // each with a database of its own
    private static final int ROUNDS = 25;
    private static final Instant DUE = Given.TIME;

    private final Kind kind;
    private final Map<DeliveryId, Model> model = new HashMap<>();
    private final Map<DeliveryId, Integer> settled = new HashMap<>();
    private final List<Job> inHand = new ArrayList<>();
    private long seed;
    private Random random = new Random();
    private long attempts;
    private long offset;

    JournalStressTest(Kind kind) {
        this.kind = kind;
    }

    static LongStream seeds() {
        var given = System.getProperty("fanfare.seed", "");
        long first = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        return LongStream.range(first, first + RUNS);
    }

    /// Where a delivery stands: parked with its next attempt, or ended; neither is delivered.
    private static final class Model {
        boolean parked;
        int attempt;

        @Nullable
        Reason ended;

        boolean told;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void standsWhereTheModelStands(long given) {
        System.out.println("JournalStressTest: seed " + given);
        seed = given;
        random = new Random(seed);
        try (var stage = new Stage(kind.empty())) {
            var endpoints = List.of(
                    stage.endpoint(Ordering.NONE, false),
                    stage.endpoint(Ordering.KEY, false),
                    stage.endpoint(Ordering.NONE, true));
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = random.nextInt(1200); i > 0; i--) {
                    step(stage, endpoints);
                }
                if (random.nextInt(3) == 0) {
                    stage.flush();
                    check(stage, endpoints);
                    reload(stage, endpoints);
                }
            }
            stage.flush();
            check(stage, endpoints);
        }
    }

    private void step(Stage stage, List<Endpoint> endpoints) {
        Job job;
        if (inHand.isEmpty() || random.nextInt(3) == 0) {
            var endpoint = endpoints.get(random.nextInt(endpoints.size()));
            var message = Given.message(offset++, random.nextInt(4) == 0 ? null : "key" + random.nextInt(20));
            job = Job.live(message, endpoint.id(), this::settle);
            model.put(job.id(), new Model());
        } else {
            job = inHand.remove(random.nextInt(inHand.size()));
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> write(stage, Given.delivered(job));
            case 2 -> write(stage, Given.retry(job, DUE));
            case 3 -> write(stage, random.nextBoolean() ? Given.exhausted(job) : expired(job));
            default -> {
                if (job.isLive() && !settledOrParked(job)) {
                    write(stage, Given.parked(job, ParkReason.SLOW, DUE));
                    inHand.add(job); // its call goes on
                } else {
                    write(stage, Given.retry(job, DUE));
                }
            }
        }
    }

    private boolean settledOrParked(Job job) {
        return of(job).parked || of(job).ended != null;
    }

    private static Entry expired(Job job) {
        return Entry.of(job, new Disposition.Ended(Reason.EXPIRED, false));
    }

    private Model of(Job job) {
        var one = model.get(job.id());
        if (one == null) {
            throw new AssertionError("no model of " + job);
        }
        return one;
    }

    private void write(Stage stage, Entry entry) {
        attempts += entry.attempt().isPresent() ? 1 : 0;
        var one = of(entry.job());
        var known = one.told; // was parked by an earlier entry
        var gone = known && !one.parked;
        switch (entry.disposition()) {
            case Disposition.Delivered _ -> {
                one.parked = false;
                one.ended = null;
            }
            case Disposition.Parked parked -> {
                if (!gone) {
                    one.parked = true;
                    one.attempt = parked.nextAttempt();
                }
            }
            case Disposition.Ended ended -> {
                if (!gone) {
                    one.parked = false;
                    one.ended = ended.reason();
                }
            }
        }
        one.told = true;
        stage.running().write(entry);
    }

    private void settle(Job job) {
        synchronized (settled) {
            settled.merge(job.id(), 1, Integer::sum);
        }
    }

    /// Conflation depends on what is in one batch with what, so of those endpoints less is known.
    private void check(Stage stage, List<Endpoint> endpoints) {
        for (var endpoint : endpoints) {
            var expected = new TreeMap<Long, Integer>();
            var actual = new TreeMap<Long, Integer>();
            model.forEach((id, one) -> {
                if (id.endpoint().equals(endpoint.id()) && one.parked) {
                    expected.put(id.message().offset(), one.attempt);
                }
            });
            var keys = new HashMap<String, Long>();
            for (var one : stage.parked.load(endpoint, -1, Stage.LATER, Set.of(), Integer.MAX_VALUE)) {
                actual.put(one.message().id().offset(), one.attempt());
                var key = one.message().event().key();
                if (endpoint.settings().conflate() && key != null) {
                    assertThat(keys.put(key, one.message().id().offset()))
                            .as("seed %d: key %s", seed, key)
                            .isNull();
                }
            }
            if (endpoint.settings().conflate()) {
                assertThat(expected).as("seed %d", seed).containsAllEntriesOf(actual);
            } else if (endpoint.settings().ordering() == Ordering.NONE) {
                assertThat(actual).as("seed %d", seed).isEqualTo(expected);
            }
        }
        assertThat(stage.count("attempt")).as("seed %d", seed).isEqualTo(attempts);
        var plain = endpoints.getFirst().id();
        assertThat(stage.number("select count(*) from ended where endpoint_id = '" + plain + "'"))
                .as("seed %d", seed)
                .isEqualTo(model.entrySet().stream()
                        .filter(entry -> entry.getKey().endpoint().equals(plain) && entry.getValue().ended != null)
                        .count());
        synchronized (settled) {
            model.forEach((id, _) -> assertThat(settled).as("seed %d", seed).containsKey(id));
        }
    }

    /// What is parked comes into this node's hands, as after a restart; what was is let go.
    private void reload(Stage stage, List<Endpoint> endpoints) {
        inHand.clear();
        var plain = endpoints.getFirst();
        for (var one : stage.load(plain, -1)) {
            if (random.nextBoolean()) {
                inHand.add(one.job(this::settle));
            }
        }
    }
}
