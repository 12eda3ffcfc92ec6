package dev.fanfare.load.cli;

import dev.fanfare.load.run.Plan;
import dev.fanfare.load.run.Run;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Many sessions, some channels, events at a rate: what most runs are.
@Command(
        name = "fanout",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Connects sessions, publishes events on schedule, checks and measures each delivery.")
final class Fanout implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final CrowdOptions crowd = new CrowdOptions();

    @Mixin
    private final EventOptions events = new EventOptions();

    @Mixin
    private final PublisherOptions publisher = new PublisherOptions();

    @Option(names = "--server-pid", description = "the server's process on this machine: its CPU time is reported")
    private @Nullable Long serverProcess;

    @Mixin
    private final ReportOptions report = new ReportOptions();

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        var who = crowd.crowd(target.mix(), publisher.publishes());
        var where = target.target(events.fields());
        var plan = new Plan(
                "fanout",
                settings(),
                where,
                who,
                events.rate(),
                events.warmUp(),
                events.duration(),
                events.drain(),
                events.connectTimeout(),
                process());
        var server = target.server();
        PrintWriter progress = line.getErr();
        try (var source = publisher.source(where, target, who.channels(), events.payload())) {
            var outcome = new Run(plan, source, progress::println).run(server);
            return report.print(outcome, line.getOut());
        }
    }

    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        report.profile().ifPresent(profile -> settings.put("profile", profile.toString()));
        settings.put("url", target.url());
        settings.put("channels", crowd.channels());
        settings.put("rate", events.rate());
        settings.put("bytes", events.bytes());
        return settings;
    }

    private OptionalLong process() {
        if (serverProcess == null) {
            return OptionalLong.empty();
        }
        long pid = serverProcess;
        if (ProcessHandle.of(pid).isEmpty()) {
            throw new Misuse("--server-pid %d is no process on this machine".formatted(pid));
        }
        return OptionalLong.of(pid);
    }
}
