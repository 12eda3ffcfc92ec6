package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jdbi.v3.core.Handle;

/// Leaves of the parked deliveries of one key the latest only; the others end as superseded. Offsets say what is
/// later, so events of different partitions leave each other alone.
final class Conflation {
    private record Place(OrderKey key, Uuid topicId, int partition) {}

    private record Older(MessageId message, int version, int attempts) {}

    private final Handle handle;
    private final Instant now;
    private final Map<Place, Change> latest = new LinkedHashMap<>();
    private int statements;
    private int ended;

    Conflation(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// @param change is to be parked
    void add(OrderKey key, Change change) {
        var id = change.job().message().id();
        var place = new Place(key, id.topicId(), id.partition());
        var other = latest.get(place);
        if (other == null) {
            latest.put(place, change);
        } else if (other.job().message().id().offset() < id.offset()) {
            latest.put(place, change);
            other.supersede();
        } else if (other.job().message().id().offset() > id.offset()) {
            change.supersede();
        }
    }

    /// Executes them, and answers with the number of statements.
    int execute() {
        var ended = EndedRows.insert();
        latest.forEach((place, change) -> {
            var offset = change.job().message().id().offset();
            var older = new ArrayList<Older>();
            for (var parked : parked(place)) {
                if (parked.message.offset() > offset) {
                    change.supersede();
                    return;
                }
                if (parked.message.offset() < offset) {
                    older.add(parked);
                }
            }
            for (var parked : older) {
                if (remove(place, parked)) {
                    var id = new DeliveryId(parked.message, place.key.endpoint());
                    this.ended++;
                    EndedRows.add(ended, id, Reason.SUPERSEDED, false, parked.attempts, now);
                }
            }
        });
        return statements + ended.execute(handle);
    }

    /// Rows that it has ended.
    int ended() {
        return ended;
    }

    private List<Older> parked(Place place) {
        statements++;
        return handle.createQuery("""
            select message_id, version, attempt from parked
            where endpoint_id = ? and order_key = ? and topic_id = ? and partition_n = ?\
            """)
                .bind(0, place.key.endpoint().value())
                .bind(1, place.key.key())
                .bind(2, place.topicId.toString())
                .bind(3, place.partition)
                .map((row, _) -> new Older(
                        MessageId.parse(row.getString("message_id")).orElseThrow(),
                        row.getInt("version"),
                        row.getInt("attempt") - 1))
                .list();
    }

    private boolean remove(Place place, Older parked) {
        statements++;
        return handle.createUpdate("delete from parked where endpoint_id = ? and message_id = ? and version = ?")
                        .bind(0, place.key.endpoint().value())
                        .bind(1, parked.message.toString())
                        .bind(2, parked.version)
                        .execute()
                == 1;
    }
}
