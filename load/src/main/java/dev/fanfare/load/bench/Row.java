package dev.fanfare.load.bench;

import java.util.List;

/// One or some lines that are measured together.
interface Row {
    /// As `--rows` has it.
    String name();

    /// What it measures.
    String about();

    List<Line> measure(Ground ground) throws InterruptedException;
}
