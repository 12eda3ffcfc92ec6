/// `fanfare ctl`: what operators ask of a gateway and of a dispatcher, from a command line. Speaks their APIs and knows
/// nothing else of them.
@NullMarked
package dev.fanfare.load.ctl;

import org.jspecify.annotations.NullMarked;
