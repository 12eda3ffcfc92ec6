package dev.fanfare.webhook.journal;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Job;
import java.util.List;
import java.util.Optional;

/// One line of the journal: all of it is committed, or nothing.
///
/// @param attempt the call that was made, if one was
/// @param news to be published
public record Entry(
        Job job,
        Optional<Attempt> attempt,
        Disposition disposition,
        List<Effect> effects,
        List<OperationalEvent> news) {
    public Entry {
        effects = List.copyOf(effects);
        news = List.copyOf(news);
    }

    /// Without a call.
    public static Entry of(Job job, Disposition disposition) {
        return new Entry(job, Optional.empty(), disposition, List.of(), List.of());
    }
}
