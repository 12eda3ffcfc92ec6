package dev.fanfare.load.cli;

import dev.fanfare.load.hook.Endpoints;
import dev.fanfare.load.hook.RefusedException;
import dev.fanfare.load.publish.Schedule;
import dev.fanfare.load.run.HookPlan;
import dev.fanfare.load.run.HookRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A dispatcher of webhooks instead of a gateway.
@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Makes endpoints at a webhook dispatcher, receives its calls, fails by a script, publishes events"
                + " on schedule, checks and measures each delivery. The endpoints are deleted at the end.")
final class WebhookCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final DispatcherOptions dispatcher = new DispatcherOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    @Mixin
    private final EndpointOptions endpoints = new EndpointOptions();

    @Mixin
    private final EventOptions events = new EventOptions();

    @Mixin
    private final PublisherOptions publisher = new PublisherOptions();

    @Option(names = "--exactly-once", description = "an event that comes again behind a 2xx is wrong")
    private boolean exactlyOnce;

    @Mixin
    private final ServerOptions watched = new ServerOptions();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        tls.check();
        if (!publisher.publishes()) {
            throw new Misuse("--publisher none: nobody says then what has to come: use kafka or http");
        }
        var wanted = wanted();
        var listener = report.listener(line.getErr());
        try (var receiver = dispatcher.receiver(events.fields());
                var source =
                        publisher.source(wanted.channels(), "", List.of(), events.payload(), attributes(wanted), tls);
                var api = dispatcher.dispatcher(events.connectTimeout(), listener::say)) {
            var plan = new HookPlan(
                    settings(wanted),
                    wanted,
                    dispatcher.url(receiver.port()),
                    events.rate(),
                    events.warmUp(),
                    events.duration(),
                    events.drain(),
                    exactlyOnce,
                    watched.watched(tls));
            var outcome = new HookRun(plan, source, receiver, listener).run(api);
            return report.print(outcome, line.getOut());
        } catch (RefusedException refused) {
            throw new Misuse(
                    "--api %s does not take an endpoint: %s".formatted(dispatcher.api(), refused.getMessage()));
        }
    }

    /// By which a dispatcher that is not told otherwise knows whose an event is.
    private static Map<String, String> attributes(Endpoints wanted) {
        return wanted.tenant().equals("default") ? Map.of() : Map.of("tenantid", wanted.tenant());
    }

    private Endpoints wanted() {
        int channels = endpoints.names().size();
        var schedule = new Schedule(0, events.rate(), events.warmUp().plus(events.duration()), channels);
        return endpoints.wanted(Math.toIntExact(schedule.sequence(schedule.count() - 1) + 1));
    }

    private Map<String, Object> settings(Endpoints wanted) {
        var settings = new LinkedHashMap<String, Object>();
        report.profile().ifPresent(profile -> settings.put("profile", profile.toString()));
        settings.put("api", dispatcher.api());
        settings.putAll(tls.settings());
        settings.put("endpoints", wanted.count());
        settings.put("channels", wanted.channels().size());
        settings.put("rate", events.rate());
        settings.put("bytes", events.bytes());
        return settings;
    }
}
