package dev.fanfare.load.cli;

import picocli.CommandLine.Option;

/// Who serves the sockets.
final class LoopOptions {
    @Option(names = "--loops", defaultValue = "0", description = "threads for the sockets (half of the CPUs)")
    private int loops;

    int count() {
        Check.atLeast("--loops", loops, 0);
        return loops > 0 ? loops : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
