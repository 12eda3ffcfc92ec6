package dev.fanfare.webhook.store;

import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;

/// Instants in UTC both ways: what Jdbi does of itself goes through the time zone of the process, and H2 mistakes the
/// hour when its clocks are set back.
final class Instants {
    private Instants() {}

    static Jdbi register(Jdbi jdbi) {
        ColumnMapper<Instant> mapper = (row, column, _) -> {
            var time = row.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        };
        return jdbi.registerArgument(new Factory()).registerColumnMapper(Instant.class, mapper);
    }

    private static final class Factory extends AbstractArgumentFactory<Instant> {
        Factory() {
            super(Types.TIMESTAMP_WITH_TIMEZONE);
        }

        @Override
        protected Argument build(Instant instant, ConfigRegistry config) {
            return (position, statement, _) -> statement.setObject(position, instant.atOffset(ZoneOffset.UTC));
        }
    }
}
