package dev.fanfare.load.bench;

import java.util.Map;

/// One line of the table.
///
/// @param row that it belongs to, as `--rows` has it
/// @param unit of its figures
/// @param moreIsBetter otherwise less is
/// @param cells by server, in the order of the table
record Line(String row, String title, String unit, boolean moreIsBetter, Map<String, Cell> cells) {}
