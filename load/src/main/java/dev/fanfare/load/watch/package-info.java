/// What is looked at once a second while a run goes on: the sessions or endpoints, the tool itself, and the
/// server from outside. Knows `check`, `publish` and the records of `report`; decides nothing.
@NullMarked
package dev.fanfare.load.watch;

import org.jspecify.annotations.NullMarked;
