/// The command line and its profiles: all that a user can choose, checked before anything is started.
@NullMarked
package dev.fanfare.load.cli;

import org.jspecify.annotations.NullMarked;
