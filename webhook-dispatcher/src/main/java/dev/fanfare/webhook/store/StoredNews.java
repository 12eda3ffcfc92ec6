package dev.fanfare.webhook.store;

import dev.fanfare.webhook.journal.OperationalEvent;
import java.util.function.Consumer;

/// Operational events that belong to no delivery, on their way to the outbox. What the store does not take is logged,
/// and lost: each is in a log line of who tells it, too.
public final class StoredNews implements Consumer<OperationalEvent> {
    private static final System.Logger LOG = System.getLogger(StoredNews.class.getName());

    private final Database database;

    public StoredNews(Database database) {
        this.database = database;
    }

    @Override
    public void accept(OperationalEvent event) {
        try {
            database.jdbi().useTransaction(handle -> {
                var rows = OutboxRows.insert();
                OutboxRows.news(rows, event, Clock.now(handle));
                rows.execute(handle);
            });
        } catch (RuntimeException away) {
            LOG.log(System.Logger.Level.WARNING, "not published: {0} of {1}: {2}", event.type(), event.subject(), away);
        }
    }
}
