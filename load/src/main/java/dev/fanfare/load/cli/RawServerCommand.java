package dev.fanfare.load.cli;

import dev.fanfare.load.publish.RawProcess;
import dev.fanfare.load.publish.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The server's side of `raw`, which starts it and talks to it.
@Command(name = "raw-server", hidden = true)
final class RawServerCommand implements Callable<Integer> {
    @Option(names = "--channels", required = true)
    private int channels;

    @Option(names = "--events-a-write", required = true)
    private int eventsAWrite;

    @Mixin
    private final EventOptions events = new EventOptions();

    /// @param events the options of an event's data
    static List<String> command(int channels, int eventsAWrite, EventOptions events) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path", "")));
        command.addAll(List.of(Main.class.getName(), "raw-server", "--channels", Integer.toString(channels)));
        command.addAll(List.of("--events-a-write", Integer.toString(eventsAWrite)));
        command.addAll(List.of("--bytes", Integer.toString(events.bytes())));
        command.addAll(List.of("--field-channel", events.fields().channel()));
        command.addAll(List.of("--field-sequence", events.fields().sequence()));
        command.addAll(List.of("--field-time", events.fields().time()));
        return command;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var names = IntStream.range(0, channels).mapToObj(n -> "load." + n).toList();
        try (var server = new RawServer(names, events.payload(), eventsAWrite)) {
            RawProcess.serve(server, channels);
        }
        return 0;
    }
}
