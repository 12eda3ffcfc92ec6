package dev.fanfare.load.run;

import dev.fanfare.load.check.Measured;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.client.Clients;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// One run: connect all, publish on schedule, wait for what was acknowledged, and judge.
public final class Run {
    private static final Duration LEAD = Duration.ofMillis(100); // from the decision to publish to the first event

    private static final Duration LATE_MAX = Duration.ofMinutes(2);

    private final Plan plan;
    private final Source source;
    private final Listener listener;

    /// Nothing is started before [#run].
    ///
    /// @param listener is told how it goes on
    public Run(Plan plan, Source source, Listener listener) {
        this.plan = plan;
        this.source = source;
        this.listener = listener;
    }

    /// Blocks until all is over.
    ///
    /// @param server all sessions connect to
    public Outcome run(InetSocketAddress server) throws InterruptedException {
        try (var serverWatch = new ServerWatch(plan.watched(), listener::say)) {
            var clients = Clients.start(plan.target(), plan.crowd(), server);
            var loaded = new Watch.Loaded("sessions", plan.crowd().sessions(), clients::interval, clients::cpuNanos);
            try (var watch = Watch.start(loaded, source.acknowledgements(), serverWatch, listener)) {
                connect(clients);
                serverWatch.opened();
                return publish(clients, watch, serverWatch);
            } finally {
                clients.stop();
            }
        }
    }

    private void connect(Clients clients) throws InterruptedException {
        int sessions = plan.crowd().sessions();
        listener.say("connecting %d sessions".formatted(sessions));
        var limit = plan.connect()
                .plusMillis((long) (sessions * 1000L / plan.crowd().connectRate()));
        Aside.await(limit, () -> clients.count().pending() == 0);
        var count = clients.count();
        listener.say("%d of %d sessions are open".formatted(count.ready(), sessions));
    }

    private Outcome publish(Clients clients, Watch watch, ServerWatch serverWatch) throws InterruptedException {
        long start = Micros.now() + Micros.of(LEAD);
        var all = plan.warmUp().plus(plan.duration());
        var schedule = new Schedule(start, plan.perSecond(), all, plan.crowd().channels());
        var measured = new Measured(start + Micros.of(plan.warmUp()), start + Micros.of(all));
        var usage = new Usage(
                new Usage.Loops(clients::cpuNanos, () -> clients.count().receipts(), clients::delay), serverWatch);
        serverWatch.measure(measured.fromMicros(), measured.toMicros());
        watch.measure(start, measured, plan.drain());
        boolean any = clients.count().ready() > 0;
        var disturbed = Particulars.NONE;
        if (any) {
            clients.measure(measured);
            var publishing = Aside.start("publish", () -> {
                source.run(schedule);
                return true;
            });
            var disturbance = Aside.start("disturb", () -> disturb(clients, measured));
            usage.measure(measured.fromMicros(), measured.toMicros(), Aside.failure(publishing));
            clients.stopTicks();
            Aside.finish("publishing", publishing.orTimeout(LATE_MAX.toMillis(), TimeUnit.MILLISECONDS));
            disturbed = Aside.finish(plan.scenario(), disturbance);
            listener.say("published, waiting for what has not come yet");
            Aside.await(
                    plan.drain(),
                    () -> clients.missing(source.acknowledgements().ends()) == 0);
        }
        var tails = any ? clients.tails(source.acknowledgements().ends()) : Map.<String, Long>of();
        int notBack = clients.count().away();
        var timeLine = watch.finish();
        clients.stop();
        return outcome(clients, tails, measured, notBack, disturbed, usage, serverWatch.server(), timeLine);
    }

    private Particulars disturb(Clients clients, Measured measured) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, measured.fromMicros() - Micros.now()) * 1000));
        return plan.disturbance().run(clients, source, plan.duration());
    }

    private Outcome outcome(
            Clients clients,
            Map<String, Long> tails,
            Measured measured,
            int notBack,
            Particulars disturbed,
            Usage usage,
            Optional<Server> watched,
            TimeLine timeLine) {
        var rows = Row.of(clients.tallies(), tails);
        var reasons = new TreeMap<String, Integer>();
        clients.tallies().forEach(tally -> tally.reasons().forEach((why, n) -> reasons.merge(why, n, Integer::sum)));
        var acknowledgements = source.acknowledgements();
        double seconds = plan.duration().toNanos() / 1e9;
        double delivery = (Row.total(rows).lastMicros() - measured.fromMicros()) / 1e6;
        return new Outcome(
                plan.scenario(),
                plan.settings(),
                plan.crowd().sessions(),
                seconds,
                Math.max(seconds, delivery),
                rows,
                new Outcome.Published(
                        seconds + plan.warmUp().toNanos() / 1e9,
                        acknowledgements.count(),
                        acknowledgements.failures(),
                        acknowledgements.firstFailure(),
                        acknowledgements.latency()),
                reasons,
                notBack,
                disturbed,
                usage.self(),
                watched,
                timeLine);
    }
}
