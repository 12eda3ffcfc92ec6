package dev.fanfare.webhook.store;

import dev.fanfare.webhook.journal.Effect;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/// What attempts change about endpoints. The registry's version grows if anything has changed, so that all nodes
/// notice. Disabling makes a new version of the endpoint too, so that nobody who read it before enables it again
/// unseen.
final class Effects {
    private static final int REASON_MAX = 64;
    private static final String CHANGE = "update endpoint set registry_version = :version, updated_at = :now, ";
    private static final String WHERE = " where id = :id and deleted = false and ";

    private Effects() {}

    /// Executes them, and answers with the number of statements.
    static int apply(Handle handle, List<Effect> effects, Instant now) {
        if (effects.isEmpty()) {
            return 0;
        }
        // locked until the commit, as by everybody who changes endpoints: versions are committed in their order
        long version = 1
                + handle.createQuery("select version from registry where id = 1 for update")
                        .mapTo(Long.class)
                        .one();
        int changed = 0;
        for (var effect : effects) {
            try (var update = update(handle, effect)) {
                changed += update.bind("id", effect.endpoint().value())
                        .bind("version", version)
                        .bind("now", now)
                        .execute();
            }
        }
        if (changed > 0) {
            handle.execute("update registry set version = ? where id = 1", version);
        }
        return effects.size() + 2;
    }

    private static Update update(Handle handle, Effect effect) {
        return switch (effect) {
            case Effect.Disable(var _, var called, var reason) ->
                handle.createUpdate(CHANGE + "disabled_reason = :reason, version = version + 1" + WHERE
                                + "disabled_reason is null and version = :called")
                        .bind("called", called)
                        .bind("reason", Texts.storable(reason, REASON_MAX));
            case Effect.Pause(var _, var called, var until) ->
                handle.createUpdate(CHANGE + "paused_until = :until" + WHERE
                                + "(paused_until is null or paused_until < :until) and version = :called")
                        .bind("called", called)
                        .bind("until", until);
            case Effect.Failing(var _, var since) ->
                handle.createUpdate(CHANGE + "failing_since = :since" + WHERE
                                + "(failing_since is null or failing_since > :since)")
                        .bind("since", since);
            case Effect.Recovered _ ->
                handle.createUpdate(CHANGE + "failing_since = null" + WHERE + "failing_since is not null");
        };
    }
}
