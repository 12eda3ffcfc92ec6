package dev.fanfare.gateway.channel;

import dev.fanfare.events.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// The topics and partitions that this node reads, each partition with a small index that position vectors use.
///
/// An index, once given, never means another partition: a topic that is created anew gets new ones, and the old ones
/// are left unused. So a vector made under an older topology reads right under a newer one, and a component that it
/// does not have is 0: a partition that came later is read from its start. Immutable.
public final class Topology {
    /// Nothing is known yet.
    public static final Topology EMPTY = new Topology(List.of(), 0);

    /// One topic.
    ///
    /// @param id [Uuid#ZERO_UUID] for one that does not exist yet; cursors name it all the same, so that whoever
    ///     comes back after it was created gets it from its start
    /// @param indexes of its partitions, by partition number
    public record Topic(String name, Uuid id, int nameHash, int idHash, List<Integer> indexes) {
        Topic(String name, Uuid id, List<Integer> indexes) {
            this(name, id, Cursor.nameHash(name), Cursor.idHash(id), List.copyOf(indexes));
        }
    }

    private final List<Topic> topics; // by name hash: the order in the cursor
    private final TopicPartition[] partitions; // by index; of retired ones too
    private final int size;

    private Topology(List<Topic> topics, int size) {
        this.topics =
                topics.stream().sorted(Comparator.comparingInt(Topic::nameHash)).toList();
        this.size = size;
        this.partitions = new TopicPartition[size];
        for (var topic : topics) {
            for (int p = 0; p < topic.indexes.size(); p++) {
                partitions[topic.indexes.get(p)] = new TopicPartition(topic.name, p);
            }
        }
    }

    /// A topology of topics none of which is known to exist.
    public static Topology awaiting(Collection<String> names) {
        return new Topology(
                names.stream()
                        .map(name -> new Topic(name, Uuid.ZERO_UUID, List.of()))
                        .toList(),
                0);
    }

    public List<Topic> topics() {
        return topics;
    }

    /// The topic with that name hash, be it there or awaited.
    public Optional<Topic> topic(int nameHash) {
        return topics.stream().filter(t -> t.nameHash == nameHash).findFirst();
    }

    /// How long a vector is.
    public int size() {
        return size;
    }

    /// Partitions of all topics that exist.
    public int partitionCount() {
        return topics.stream().mapToInt(topic -> topic.indexes.size()).sum();
    }

    public Optional<Topic> topic(String name) {
        return topics.stream().filter(t -> t.name.equals(name)).findFirst();
    }

    /// The index of a partition, or -1.
    public int index(String topic, int partition) {
        for (var t : topics) {
            if (t.name.equals(topic)) {
                return partition < t.indexes.size() ? t.indexes.get(partition) : -1;
            }
        }
        return -1;
    }

    /// Whether the index belongs to a topic that still exists.
    public boolean isLive(int index) {
        return index < size && partitions[index] != null;
    }

    /// A partition, without Kafka's word for it.
    public record Place(String topic, int partition) {}

    /// Where a live index is.
    public Place place(int index) {
        var where = partition(index);
        return new Place(where.topic(), where.partition());
    }

    /// The partition behind a live index.
    public TopicPartition partition(int index) {
        var partition = partitions[index];
        if (partition == null) {
            throw new IllegalArgumentException("partition index " + index + " is not in use");
        }
        return partition;
    }

    /// This topology with the topic in it, having at least so many partitions. A different id means another topic of
    /// the same name: the former one's indexes are retired.
    public Topology with(String name, Uuid id, int partitionCount) {
        var known = topic(name).filter(t -> t.id.equals(id));
        var indexes = new ArrayList<Integer>(known.map(Topic::indexes).orElse(List.of()));
        int next = size;
        while (indexes.size() < partitionCount) {
            indexes.add(next++);
        }
        return new Topology(replaced(name, new Topic(name, id, indexes)), next);
    }

    private List<Topic> replaced(String name, Topic by) {
        var all = new ArrayList<>(topics);
        all.removeIf(t -> t.name.equals(name));
        all.add(by);
        return all;
    }

    /// The cursor that stands for a vector.
    ///
    /// @param timeMillis a time before which nothing after the vector happened
    public byte[] encode(PositionVector vector, long timeMillis) {
        return encode(vector, timeMillis, List.of());
    }

    /// The same, with the positions in topics and partitions that this node does not know (yet).
    public byte[] encode(PositionVector vector, long timeMillis, List<Cursor.TopicPosition> foreign) {
        var positions = new ArrayList<Cursor.TopicPosition>(topics.size() + foreign.size());
        for (var topic : topics) {
            var position = position(topic, vector);
            for (var other : foreign) {
                if (other.nameHash() == topic.nameHash) {
                    position = furthest(position, other);
                }
            }
            positions.add(position);
        }
        for (var other : foreign) {
            if (topic(other.nameHash()).isEmpty()) {
                positions.add(other);
            }
        }
        return new Cursor(timeMillis, positions).encode().getBytes(StandardCharsets.US_ASCII);
    }

    private static Cursor.TopicPosition position(Topic topic, PositionVector vector) {
        int n = topic.indexes.size();
        var offsets = new long[n];
        var epochs = new int[n];
        for (int p = 0; p < n; p++) {
            int index = topic.indexes.get(p);
            offsets[p] = vector.offset(index);
            epochs[p] = vector.epoch(index);
        }
        return new Cursor.TopicPosition(topic.nameHash, topic.idHash, offsets, epochs);
    }

    /// What a client brought along for a topic, with what it has got here since.
    private static Cursor.TopicPosition furthest(Cursor.TopicPosition here, Cursor.TopicPosition brought) {
        if (here.idHash() != brought.idHash()) {
            return brought;
        }
        int n = Math.max(here.nextOffsets().length, brought.nextOffsets().length);
        var offsets = Arrays.copyOf(brought.nextOffsets(), n);
        var epochs = Arrays.copyOf(brought.leaderEpochs(), n);
        for (int p = 0; p < here.nextOffsets().length; p++) {
            if (p >= brought.nextOffsets().length || here.nextOffsets()[p] > offsets[p]) {
                offsets[p] = here.nextOffsets()[p];
                epochs[p] = here.leaderEpochs()[p];
            }
        }
        return new Cursor.TopicPosition(here.nameHash(), here.idHash(), offsets, epochs);
    }
}
