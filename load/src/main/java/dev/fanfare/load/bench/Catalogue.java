package dev.fanfare.load.bench;

import dev.fanfare.load.bench.Steady.Case;
import dev.fanfare.load.client.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// All rows, in the order of the table.
final class Catalogue {
    private static final int MANY = 9000;
    private static final double SLOW = 5; // events per second
    private static final double DELIVERIES = MANY * SLOW;

    private Catalogue() {}

    static List<Row> rows() {
        var rows = new ArrayList<Row>();
        for (var transport : Transport.values()) {
            rows.add(new KeepUp(
                    "keepup-" + transport.label(),
                    "kept up with 9,000 sessions, " + transport.label(),
                    fanout(transport, MANY, 1, SLOW),
                    500,
                    false));
        }
        for (var transport : Transport.values()) {
            rows.add(new Steady(
                    "cost-" + transport.label(),
                    "CPU and latency with 9,000 sessions and 5 events/s, " + transport.label(),
                    List.of(new Case(
                            "9,000 sessions, 5 events/s, " + transport.label(), fanout(transport, MANY, 1, SLOW))),
                    List.of(Metric.CPU_PER_MILLION, Metric.P50, Metric.P99)));
        }
        for (int sessions : new int[] {1000, MANY}) {
            rows.add(new KeepUp(
                    "single-" + sessions,
                    "one write per event, kept up with %,d sessions, sse".formatted(sessions),
                    fanout(Transport.SSE, sessions, 1, DELIVERIES / sessions),
                    500,
                    true));
        }
        rows.add(new KeepUp(
                "many-keepup",
                "kept up with 1,000 channels of 9 sessions, sse",
                fanout(Transport.SSE, MANY, 1000, 2500),
                100,
                false));
        rows.add(new Steady(
                "many-cost",
                "CPU with 1,000 channels of 9 sessions",
                List.of(
                        new Case(
                                "1,000 channels of 9 sessions, 1,500 events/s",
                                fanout(Transport.SSE, MANY, 1000, 1500)),
                        new Case(
                                "1,000 channels of 9 sessions, 5,000 events/s",
                                fanout(Transport.SSE, MANY, 1000, 5000))),
                List.of(Metric.CPU_PER_MILLION, Metric.P99)));
        rows.add(new Idle("idle-sse", "memory per idle session, sse", Transport.SSE, MANY, false));
        rows.add(new Idle("idle-ws", "memory per idle session, ws", Transport.WEBSOCKET, MANY, false));
        rows.add(new Idle("idle-tls", "memory per idle session, sse over TLS", Transport.SSE, MANY, true));
        rows.add(new Steady(
                "connect",
                "how fast 9,000 sessions connect",
                List.of(new Case("9,000 sessions, sse", Catalogue::connect)),
                List.of(Metric.CONNECTS)));
        rows.add(new Steady(
                "storm",
                "9,000 sessions come back at once, 1,000 events behind",
                List.of(new Case("9,000 sessions come back 1,000 events behind, sse", Catalogue::storm)),
                List.of(Metric.CAUGHT_UP)));
        rows.add(new Steady(
                "storm-live",
                "what 1,000 sessions notice while 9,000 others come back, 900 events behind, and events flow",
                List.of(new Case(
                        "9,000 of 10,000 sessions come back 900 events behind, 20 events/s, sse",
                        Catalogue::stormWhileEventsFlow)),
                List.of(
                        Metric.CAUGHT_UP,
                        Metric.ofThoseWhoStay("before", 50),
                        Metric.ofThoseWhoStay("meanwhile", 50),
                        Metric.ofThoseWhoStay("before", 99),
                        Metric.ofThoseWhoStay("meanwhile", 99))));
        rows.add(costOfSessions());
        rows.add(costOfChannels());
        rows.add(new EndToEnd());
        rows.add(new Steady(
                "latency-one",
                "latency of one channel with 1,000 sessions",
                List.of(new Case("1,000 sessions on 1 channel, 5 events/s", fanout(Transport.SSE, 1000, 1, SLOW))),
                List.of(Metric.P50, Metric.P99)));
        return List.copyOf(rows);
    }

    private static Row costOfSessions() {
        var cases = new ArrayList<Case>();
        for (int sessions : new int[] {100, 1000, MANY, 2 * MANY}) {
            cases.add(new Case(
                    "450 events/s to 100 of %,d sessions each, sse".formatted(sessions),
                    fanout(Transport.SSE, sessions, sessions / 100, 450)));
        }
        return new Steady("cost-sessions", "cost of a delivery by sessions", cases, List.of(Metric.CPU_PER_MILLION));
    }

    private static Row costOfChannels() {
        var cases = new ArrayList<Case>();
        for (int channels : new int[] {1, 100, 10_000}) {
            cases.add(new Case(
                    "2,000 records/s on %,d channels, 1 session on one of them".formatted(channels)
                            + (channels == 10_000 ? ", so that nobody hears nearly all" : ""),
                    ground -> Load.fanout(
                            Transport.SSE,
                            1,
                            ground.scaled(channels),
                            2000,
                            ground.warmUp().plusSeconds(3),
                            ground.window())));
        }
        return new Steady(
                "cost-channels",
                "cost of a record by channels; with 10,000 of them hardly anybody listens",
                cases,
                List.of(Metric.CPU_PER_RECORD));
    }

    private static Function<Ground, Load> fanout(Transport transport, int sessions, int channels, double perSecond) {
        return ground -> Load.fanout(
                transport,
                ground.scaled(sessions),
                channels == 1 ? 1 : ground.scaled(channels),
                perSecond,
                ground.warmUp(),
                ground.window());
    }

    private static Load connect(Ground ground) {
        return new Load(
                "fanout",
                Transport.SSE,
                ground.scaled(MANY),
                1,
                1,
                Duration.ZERO,
                Duration.ofSeconds(2),
                List.of("--connect-rate", "100000"));
    }

    private static Load storm(Ground ground) {
        return new Load(
                "replay",
                Transport.SSE,
                ground.scaled(MANY),
                1,
                100,
                Duration.ofMillis(500), // some events first: a session without a cursor has nothing to come back behind
                Duration.ofMillis(9500),
                List.of("--catch-up", "60s"));
    }

    /// They leave after a quarter of the time.
    private static Load stormWhileEventsFlow(Ground ground) {
        return new Load(
                "storm",
                Transport.SSE,
                ground.scaled(MANY + 1000),
                1,
                20,
                Duration.ofSeconds(3),
                Duration.ofSeconds(80),
                List.of("--share", "0.9", "--away", "45s", "--catch-up", "60s"));
    }
}
