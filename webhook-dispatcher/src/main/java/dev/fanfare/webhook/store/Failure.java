package dev.fanfare.webhook.store;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/// What kind of failure a statement had.
public enum Failure {
    /// Nobody answers, or not now.
    AWAY,
    /// Two got in each other's way: the same again may work at once.
    CONFLICT,
    /// The database refuses a value, or it cannot even be put to it.
    DATA,
    /// Anything else: a missing permission, a full disk, a fault of this program.
    OTHER;

    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "HYT00", "55P03");

    /// Of what JDBC or Jdbi threw.
    public static Failure of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure) {
                return of(failure);
            }
        }
        return thrown instanceof Error ? OTHER : DATA;
    }

    /// The SQL state, for the log: messages may quote what was to be stored.
    static String state(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure && failure.getSQLState() != null) {
                return "SQL state " + failure.getSQLState();
            }
        }
        return thrown.getClass().getSimpleName();
    }

    private static Failure of(SQLException failure) {
        for (SQLException one = failure; one != null; one = one.getNextException()) {
            var state = one.getSQLState() == null ? "" : one.getSQLState();
            if (CONFLICTS.contains(state)) {
                return CONFLICT;
            }
            // 08 connection, 57P shutdown, 53 resources; 90 H2's own: closed, broken, in use
            if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53") || state.startsWith("90")) {
                return AWAY;
            }
            if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
                return DATA;
            }
        }
        return failure instanceof SQLTransientException
                        || failure instanceof SQLRecoverableException
                        || failure instanceof SQLNonTransientConnectionException
                ? AWAY
                : OTHER;
    }
}
