package dev.fanfare.webhook.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// Rows for one table, inserted many to a statement. A row whose key is there already is left out.
final class MultiInsert {
    private static final int ROWS_MAX = 100;
    private static final int BYTES_MAX = 4 * 1024 * 1024;

    private final String table;
    private final List<String> columns;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    MultiInsert(String table, String... columns) {
        this.table = table;
        this.columns = List.of(columns);
    }

    /// One more.
    ///
    /// @param values in the order of the columns
    void add(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(table + " has " + columns.size() + " columns, not " + values.length);
        }
        rows.add(values);
    }

    /// Executes them, and answers with the number of statements.
    int execute(Handle handle) {
        int statements = 0;
        int from = 0;
        while (from < rows.size()) {
            int to = from;
            long bytes = 0;
            do {
                bytes += bytes(rows.get(to++));
            } while (to < rows.size() && to - from < ROWS_MAX && bytes + bytes(rows.get(to)) <= BYTES_MAX);
            insert(handle, rows.subList(from, to));
            from = to;
            statements++;
        }
        return statements;
    }

    private void insert(Handle handle, List<@Nullable Object[]> part) {
        var row = "(" + "?, ".repeat(columns.size() - 1) + "?)";
        var sql = "insert into %s (%s) values %s on conflict do nothing"
                .formatted(table, String.join(", ", columns), String.join(", ", Collections.nCopies(part.size(), row)));
        // not by Jdbi, which takes as long for its arguments as all else of a delivery's record together
        try (var insert = handle.getConnection().prepareStatement(sql)) {
            int position = 1;
            for (var values : part) {
                for (var value : values) {
                    bind(insert, position++, value);
                }
            }
            insert.executeUpdate();
        } catch (SQLException failure) {
            throw new UnableToExecuteStatementException(failure, null);
        }
    }

    private static void bind(PreparedStatement insert, int position, @Nullable Object value) throws SQLException {
        switch (value) {
            case String text -> insert.setString(position, text);
            case Integer number -> insert.setInt(position, number);
            case Long number -> insert.setLong(position, number);
            case Boolean flag -> insert.setBoolean(position, flag);
            case byte[] bytes -> insert.setBytes(position, bytes);
            case Instant time -> insert.setObject(position, time.atOffset(ZoneOffset.UTC));
            case null -> insert.setNull(position, Types.OTHER);
            default -> throw new IllegalArgumentException(value.getClass() + " is not stored");
        }
    }

    private static long bytes(@Nullable Object[] values) {
        long bytes = 0;
        for (var value : values) {
            bytes += switch (value) {
                case String text -> text.length();
                case byte[] data -> data.length;
                case null, default -> 8;
            };
        }
        return bytes;
    }
}
