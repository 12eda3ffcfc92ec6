package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.journal.Positions;
import java.util.ArrayList;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// The positions in the database. Any thread.
public final class StoredPositions implements Positions {
    private final Database database;
    private final Frontier frontier;

    public StoredPositions(Database database) {
        this.database = database;
        this.frontier = new Frontier(database);
    }

    @Override
    public void introduce(Uuid topicId, String topic, Map<Integer, Long> heads) {
        database.jdbi().useTransaction(handle -> {
            int first = handle.execute(
                    "insert into frontier (topic_id, partition_n, topic, next_offset) values (?, ?, ?, 0)"
                            + " on conflict do nothing",
                    topicId.toString(),
                    Frontier.LATER_PARTITIONS,
                    topic);
            if (first == 0) {
                return; // somebody has seen it before
            }
            var rows = new MultiInsert("frontier", "topic_id", "partition_n", "topic", "next_offset");
            heads.forEach((partition, head) -> rows.add(topicId.toString(), partition, topic, head));
            rows.execute(handle);
        });
    }

    @Override
    public OptionalLong stored(Uuid topicId, int partition) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select next_offset from frontier where topic_id = ? and partition_n = ?")
                        .bind(0, topicId.toString())
                        .bind(1, partition)
                        .mapTo(Long.class)
                        .findOne())
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    @Override
    public void store(Uuid topicId, String topic, Map<Integer, Long> nextOffsets) {
        var positions = new ArrayList<Frontier.Position>();
        nextOffsets.forEach(
                (partition, offset) -> positions.add(new Frontier.Position(topicId, partition, topic, offset)));
        frontier.write(positions);
    }

    @Override
    public Set<DeliveryId> settled(Uuid topicId, int partition, long from) {
        return frontier.settled(topicId, partition, from);
    }
}
