package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.util.List;

/// What follows from an attempt.
record Verdict(Disposition disposition, List<Effect> effects, List<OperationalEvent> news) {}
