package dev.fanfare.load.run;

import dev.fanfare.load.check.Measured;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.hook.Dispatcher;
import dev.fanfare.load.hook.Endpoint;
import dev.fanfare.load.hook.HookTally;
import dev.fanfare.load.hook.Receiver;
import dev.fanfare.load.publish.Schedule;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Particulars;
import dev.fanfare.load.report.Row;
import dev.fanfare.load.report.Server;
import dev.fanfare.load.report.TimeLine;
import dev.fanfare.load.watch.Listener;
import dev.fanfare.load.watch.ServerWatch;
import dev.fanfare.load.watch.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/// One run with webhooks: make the endpoints, publish on schedule, wait for what was acknowledged, delete them, and
/// judge.
public final class HookRun {
    private static final Duration LEAD = Duration.ofMillis(100);
    private static final Duration LATE_MAX = Duration.ofMinutes(2);

    private final HookPlan plan;
    private final Source source;
    private final Receiver receiver;
    private final Listener listener;

    /// Nothing is started before [#run].
    ///
    /// @param receiver listens already
    /// @param listener is told how it goes on
    public HookRun(HookPlan plan, Source source, Receiver receiver, Listener listener) {
        this.plan = plan;
        this.source = source;
        this.receiver = receiver;
        this.listener = listener;
    }

    /// Blocks until all is over.
    ///
    /// @throws dev.fanfare.load.hook.RefusedException if the dispatcher does not take an endpoint
    public Outcome run(Dispatcher dispatcher) throws InterruptedException {
        listener.say("making %d endpoints".formatted(plan.endpoints().count()));
        var loaded = new Watch.Loaded("endpoints", plan.endpoints().count(), receiver::interval, receiver::cpuNanos);
        try (var serverWatch = new ServerWatch(plan.watched(), listener::say);
                var watch = Watch.start(loaded, source.acknowledgements(), serverWatch, listener)) {
            serverWatch.opened();
            var endpoints = plan.endpoints().register(dispatcher, plan.url());
            receiver.serve(endpoints);
            listener.say("they are made; publishing");
            return publish(dispatcher, endpoints, watch, serverWatch);
        }
    }

    private Outcome publish(Dispatcher dispatcher, List<Endpoint> endpoints, Watch watch, ServerWatch serverWatch)
            throws InterruptedException {
        long start = Micros.now() + Micros.of(LEAD);
        var all = plan.warmUp().plus(plan.duration());
        var schedule = new Schedule(
                start, plan.perSecond(), all, plan.endpoints().channels().size());
        var measured = new Measured(start + Micros.of(plan.warmUp()), start + Micros.of(all));
        var usage = new Usage(new Usage.Loops(receiver::cpuNanos, receiver::receipts, receiver::delay), serverWatch);
        serverWatch.measure(measured.fromMicros(), measured.toMicros());
        watch.measure(start, measured, plan.drain());
        receiver.measure(measured);
        var publishing = Aside.start("publish", () -> {
            source.run(schedule);
            return true;
        });
        usage.measure(measured.fromMicros(), measured.toMicros(), Aside.failure(publishing));
        receiver.stopTicks();
        Aside.finish("publishing", publishing.orTimeout(LATE_MAX.toMillis(), TimeUnit.MILLISECONDS));
        listener.say("published, waiting for what has not come yet");
        Aside.await(plan.drain(), () -> missing(endpoints) == 0);
        var timeLine = watch.finish();
        dispatcher.close();
        receiver.stop();
        return outcome(endpoints, measured, usage, serverWatch.server(), timeLine);
    }

    private long missing(List<Endpoint> endpoints) {
        var ends = source.acknowledgements().ends();
        return endpoints.stream().mapToLong(endpoint -> endpoint.missing(ends)).sum();
    }

    private Outcome outcome(
            List<Endpoint> endpoints, Measured measured, Usage usage, Optional<Server> server, TimeLine timeLine) {
        var tallies = receiver.tallies();
        var rows = new ArrayList<Row>();
        tallies.forEach((label, tally) -> {
            var those = endpoints.stream()
                    .filter(endpoint -> endpoint.label().equals(label))
                    .toList();
            rows.add(row(tally, those.size(), missing(those)));
        });
        double seconds = plan.duration().toNanos() / 1e9;
        double delivery = (Row.total(rows).lastMicros() - measured.fromMicros()) / 1e6;
        var acknowledgements = source.acknowledgements();
        return new Outcome(
                "webhook",
                plan.settings(),
                plan.endpoints().count(),
                seconds,
                Math.max(seconds, delivery),
                rows,
                new Outcome.Published(
                        seconds + plan.warmUp().toNanos() / 1e9,
                        acknowledgements.count(),
                        acknowledgements.failures(),
                        acknowledgements.firstFailure(),
                        acknowledgements.latency()),
                Map.of(),
                0,
                particulars(tallies),
                usage.self(),
                server,
                timeLine);
    }

    private static Row row(HookTally tally, int endpoints, long missing) {
        return new Row(
                tally.label(),
                endpoints,
                0,
                tally.accepted().getTotalCount(),
                0,
                0,
                0,
                missing,
                0,
                tally.strays(),
                tally.unmarked(),
                tally.early(),
                tally.bytes(),
                tally.lastMicros(),
                tally.accepted());
    }

    private Particulars particulars(Map<String, HookTally> tallies) {
        var figures = new LinkedHashMap<String, Object>();
        figures.put("attempts", sum(tallies, HookTally::attempts));
        figures.put("retries", sum(tallies, HookTally::retries));
        figures.put("failuresGiven", sum(tallies, HookTally::failures));
        figures.put("givenUp", sum(tallies, HookTally::givenUp));
        figures.put("duplicates", sum(tallies, HookTally::duplicates));
        long repeated = sum(tallies, HookTally::repeated);
        figures.put("repeated", repeated);
        var first = new LinkedHashMap<String, Histogram>();
        tallies.forEach((label, tally) -> first.put(label + " first", tally.first()));
        var faults = new ArrayList<String>();
        add(faults, sum(tallies, HookTally::wrongSignatures), "calls with a wrong signature");
        add(faults, sum(tallies, HookTally::changedIds), "calls with another webhook-id than their event had before");
        add(faults, plan.exactlyOnce() ? repeated : 0, "calls of events that had been accepted");
        return new Particulars(
                "endpoints", "nothing missing, each call signed, each event under one id", figures, first, faults);
    }

    private static long sum(Map<String, HookTally> tallies, ToLongFunction<HookTally> figure) {
        return tallies.values().stream().mapToLong(figure).sum();
    }

    private static void add(List<String> faults, long count, String what) {
        if (count > 0) {
            faults.add(count + " " + what);
        }
    }
}
