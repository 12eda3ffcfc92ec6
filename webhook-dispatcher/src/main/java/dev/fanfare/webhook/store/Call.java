package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.delivery.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/// An attempt as stored.
///
/// @param id grows with time
public record Call(long id, Attempt attempt) {
    static Call of(DeliveryId delivery, ResultSet row, StatementContext context) throws SQLException {
        var timings = new Timings(
                row.getInt("dns_ms"),
                row.getInt("connect_ms"),
                row.getInt("tls_ms"),
                row.getInt("first_byte_ms"),
                row.getInt("total_ms"));
        var result = new Result(
                Reason.of(row.getString("reason")),
                row.getInt("status"),
                row.getString("detail"),
                timings,
                row.getString("response_head"),
                Optional.empty());
        return new Call(
                row.getLong("id"),
                new Attempt(
                        delivery,
                        row.getInt("number_n"),
                        Trigger.of(row.getString("trigger_by")),
                        EndpointRow.instant(row, "started_at", context).orElseThrow(),
                        result));
    }
}
