package dev.fanfare.load.bench;

import java.nio.file.Path;
import java.time.Duration;

/// How the comparison is made.
///
/// @param scale of sessions and channels
/// @param windows of each figure, whose median counts
/// @param window the measured time of each
/// @param settle how long a server runs under a kind of load before it is measured
/// @param steps of a search at most
/// @param out the folder for the table, the figures and the chart
record Options(double scale, int windows, Duration window, Duration settle, int steps, Path out) {}
