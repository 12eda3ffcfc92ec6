package dev.fanfare.load.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The limit of the machine: the load tool's bare loop, which it starts as a process of its own in each run.
///
/// @param eventsAWrite how many go out with one write, at most
record RawLoop(int eventsAWrite) implements Contender {
    @Override
    public String name() {
        return "raw";
    }

    @Override
    public String description() {
        return "a bare loop in Java, one thread, that writes bytes made once to every socket";
    }

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public Optional<String> refuses(Load load) {
        return Contender.unless(load.scenario().equals("fanout"), "–");
    }

    @Override
    public void start() {}

    @Override
    public List<String> command(Load load, String channel) {
        var command = new ArrayList<>(List.of("raw", "--events-a-write", Integer.toString(eventsAWrite)));
        command.addAll(load.arguments());
        return command;
    }

    @Override
    public Optional<ProcessHandle> process() {
        return Optional.empty();
    }

    @Override
    public Optional<Contender> single() {
        return Optional.of(new RawLoop(1));
    }
}
