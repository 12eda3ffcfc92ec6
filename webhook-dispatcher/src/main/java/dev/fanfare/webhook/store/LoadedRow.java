package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.delivery.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// A parked row with its event as it was read.
///
/// @param delivery null if its event is not readable
record LoadedRow(MessageId message, Row row, @Nullable ParkedDelivery delivery) {
    static LoadedRow of(ResultSet result, StatementContext context, EndpointId endpoint, long epoch)
            throws SQLException {
        var id = MessageId.parse(result.getString("message_id")).orElseThrow();
        var row = new Row(result.getInt("version"), epoch);
        var message = message(id, result.getString("envelope"), result.getBytes("data"));
        if (message == null) {
            return new LoadedRow(id, row, null);
        }
        return new LoadedRow(
                id,
                row,
                new ParkedDelivery(
                        endpoint,
                        message,
                        result.getInt("attempt"),
                        Trigger.of(result.getString("trigger_by")),
                        ParkReason.of(result.getString("why")),
                        Parked.instant(result, "due", context),
                        Parked.instant(result, "parked_at", context),
                        row));
    }

    private static @Nullable Message message(MessageId id, @Nullable String envelope, byte @Nullable [] data) {
        try {
            return envelope == null ? null : Envelope.read(id, envelope, data);
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }
}
