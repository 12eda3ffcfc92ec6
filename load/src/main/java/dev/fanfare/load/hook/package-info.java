/// Webhooks: endpoints at a dispatcher, a receiver that fails by a script, and what is wrong with the calls. Knows
/// `check` and `wire`; of the dispatcher only what it has published.
@NullMarked
package dev.fanfare.load.hook;

import org.jspecify.annotations.NullMarked;
