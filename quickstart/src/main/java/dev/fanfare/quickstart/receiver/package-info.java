/// A receiver of webhooks, as a subscriber might write one: verifies, answers, shows what it gets. Knows the Standard
/// Webhooks specification, and nothing of who sends.
@NullMarked
package dev.fanfare.quickstart.receiver;

import org.jspecify.annotations.NullMarked;
