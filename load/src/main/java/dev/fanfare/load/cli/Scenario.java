package dev.fanfare.load.cli;

import dev.fanfare.load.client.Target;
import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.Plan;
import dev.fanfare.load.run.Run;
import dev.fanfare.load.watch.Watched;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What all runs against a gateway have in common.
abstract class Scenario implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    @Mixin
    private final CrowdOptions crowd = new CrowdOptions();

    @Mixin
    private final EventOptions events = new EventOptions();

    @Mixin
    private final PublisherOptions publisher = new PublisherOptions();

    @Mixin
    private final ServerOptions watched = new ServerOptions();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    /// The share of the sessions that something is done to.
    abstract double share();

    /// What reports call those.
    abstract String specialName();

    abstract Disturbance disturbance();

    final OptionalLong process() {
        return watched.process();
    }

    /// Where the server tells of itself.
    final Optional<Watched.Metrics> metrics() {
        return watched.metrics(tls);
    }

    /// Is told what happens, a line at a time.
    final Consumer<String> progress() {
        return report.listener(Objects.requireNonNull(spec).commandLine().getErr())::say;
    }

    @Override
    public final Integer call() throws InterruptedException {
        var command = Objects.requireNonNull(spec);
        tls.check();
        if (command.findOption("--share") != null) {
            Check.share("--share", share());
        }
        var who = crowd.crowd(target.mix(), publisher.publishes(), share(), specialName());
        var where = target.target(events.fields(), tls);
        var plan = new Plan(
                command.name(),
                settings(),
                where,
                who,
                events.rate(),
                events.warmUp(),
                events.duration(),
                events.drain(),
                events.connectTimeout(),
                disturbance(),
                watched.watched(tls));
        var server = target.server();
        var line = command.commandLine();
        try (var source = publisher.source(
                names(where, who.channels()), target.url(), target.headers(), events.payload(), Map.of(), tls)) {
            var outcome = new Run(plan, source, report.listener(line.getErr())).run(server);
            return report.print(outcome, line.getOut());
        }
    }

    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        report.profile().ifPresent(profile -> settings.put("profile", profile.toString()));
        settings.put("url", target.url());
        settings.putAll(tls.settings());
        settings.put("channels", crowd.channels());
        settings.put("rate", events.rate());
        settings.put("bytes", events.bytes());
        return settings;
    }

    private static List<String> names(Target target, int channels) {
        return IntStream.range(0, channels).mapToObj(target::channel).toList();
    }
}
