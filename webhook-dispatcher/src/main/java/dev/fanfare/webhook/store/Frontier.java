package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// How far each partition is settled, kept beside Kafka's committed offsets, which get lost; and what is on record
/// beyond that. Any thread.
public final class Frontier {
    /// Stands for partitions that are not known yet: they are read from their beginning.
    public static final int LATER_PARTITIONS = -1;

    /// Where a partition is settled up to.
    ///
    /// @param nextOffset the first that is not settled
    public record Position(Uuid topicId, int partition, String topic, long nextOffset) {}

    private final Database database;

    public Frontier(Database database) {
        this.database = database;
    }

    /// All that is stored.
    public List<Position> read() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select topic_id, partition_n, topic, next_offset from frontier order by topic,"
                                        + " partition_n")
                        .map((row, _) -> new Position(
                                Uuid.fromString(row.getString("topic_id")),
                                row.getInt("partition_n"),
                                row.getString("topic"),
                                row.getLong("next_offset")))
                        .list());
    }

    /// Stores these in place of what was stored for their partitions, all or none.
    public void write(Collection<Position> positions) {
        if (positions.isEmpty()) {
            return;
        }
        database.jdbi().useTransaction(handle -> {
            var created = new MultiInsert("frontier", "topic_id", "partition_n", "topic", "next_offset");
            for (var position : positions.stream()
                    .sorted(Comparator.comparing((Position one) -> one.topicId.toString())
                            .thenComparingInt(Position::partition))
                    .toList()) {
                int known = handle.execute(
                        "update frontier set topic = ?, next_offset = ? where topic_id = ? and partition_n = ?",
                        position.topic,
                        position.nextOffset,
                        position.topicId.toString(),
                        position.partition);
                if (known == 0) {
                    created.add(position.topicId.toString(), position.partition, position.topic, position.nextOffset);
                }
            }
            created.execute(handle);
        });
    }

    /// Deliveries of a partition that are delivered, parked or ended already: after a crash their events come again.
    ///
    /// @param fromOffset the first that Kafka will hand out
    public Set<DeliveryId> settled(Uuid topicId, int partition, long fromOffset) {
        return database.jdbi()
                .withHandle(handle -> handle
                        .createQuery("""
                            select endpoint_id, message_id from attempt
                            where topic_id = :topic and partition_n = :partition and offset_n >= :from
                              and reason = :delivered
                            union select endpoint_id, message_id from parked
                            where topic_id = :topic and partition_n = :partition and offset_n >= :from
                            union select endpoint_id, message_id from ended
                            where topic_id = :topic and partition_n = :partition and offset_n >= :from\
                            """)
                        .bind("topic", topicId.toString())
                        .bind("partition", partition)
                        .bind("from", fromOffset)
                        .bind("delivered", Reason.DELIVERED.code())
                        .map((row, _) -> new DeliveryId(
                                MessageId.parse(row.getString("message_id")).orElseThrow(),
                                new EndpointId(row.getString("endpoint_id"))))
                        .stream()
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
