package dev.fanfare.webhook.store;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What waits to be published to Kafka. Any thread; several nodes may read the same rows, and publish them twice.
public final class Outbox {
    /// Which topic it is for.
    public enum Role {
        DEAD_LETTER,
        OPERATIONAL;

        String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Role of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /// One record to be published.
    ///
    /// @param headers in UTF-8, in this order
    @SuppressWarnings("ArrayRecordComponent") // handed on to Kafka, compared by identity
    public record Item(long id, Role role, String key, byte[] body, Map<String, String> headers) {}

    private static final int DELETED_MAX = 500;

    private final Database database;

    public Outbox(Database database) {
        this.database = database;
    }

    /// The oldest ones, at most `limit`.
    public List<Item> next(int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select id, topic_role, key_text, body, headers from outbox order by id limit ?")
                        .bind(0, limit)
                        .map((row, _) -> new Item(
                                row.getLong("id"),
                                Role.of(row.getString("topic_role")),
                                row.getString("key_text"),
                                row.getBytes("body"),
                                Envelope.readTexts(row.getString("headers"))))
                        .list());
    }

    /// Those are published.
    public void delete(Collection<Long> ids) {
        var all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += DELETED_MAX) {
            var some = all.subList(from, Math.min(all.size(), from + DELETED_MAX));
            database.jdbi()
                    .useHandle(handle -> handle.createUpdate("delete from outbox where id in (<ids>)")
                            .bindList("ids", some)
                            .execute());
        }
    }
}
