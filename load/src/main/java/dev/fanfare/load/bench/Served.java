package dev.fanfare.load.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server that is a process of its own.
abstract class Served implements Contender {
    private @Nullable Child child;

    /// Starts it, and returns when it serves.
    abstract Child launch() throws InterruptedException;

    /// Where it is, and what it calls things: options of the load tool.
    abstract List<String> target(Load load);

    /// How events get to it.
    abstract List<String> publisher();

    /// Sessions per second that it takes, unless that is what is measured.
    int connectRate() {
        return Load.CONNECT_RATE;
    }

    @Override
    public final void start() throws InterruptedException {
        if (child == null) {
            child = launch();
        }
    }

    @Override
    public final List<String> command(Load load, String channel) {
        var command = new ArrayList<String>();
        boolean quiet = load.scenario().equals(Load.QUIET);
        command.add(quiet ? "fanout" : load.scenario());
        command.addAll(load.arguments(connectRate()));
        command.addAll(List.of("--channel", channel));
        command.addAll(target(load));
        command.addAll(quiet ? List.of("--publisher", "none") : publisher());
        process().ifPresent(process -> command.addAll(List.of("--server-pid", Long.toString(process.pid()))));
        return command;
    }

    @Override
    public final Optional<ProcessHandle> process() {
        return Optional.ofNullable(child).flatMap(running -> ProcessHandle.of(running.pid()));
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
            child = null;
        }
    }
}
