package dev.fanfare.gateway.ingest;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.events.Routing;
import dev.fanfare.events.UndecodableException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// From a record to an event and its channels: the same for the feed and for replays. Thread-safe.
public final class RecordReader {
    private final EventDecoder decoder = new EventDecoder();
    private final Routing routing;

    public RecordReader(Routing routing) {
        this.routing = routing;
    }

    /// An event that somebody can subscribe to.
    record Routed(Event event, List<ChannelName> channels) {}

    Routing routing() {
        return routing;
    }

    boolean mayHold(String topic, ChannelPattern pattern) {
        return routing.canYield(topic, pattern);
    }

    /// The event with its channels, which may be none.
    Routed read(ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
        var event = decoder.decode(record);
        return new Routed(event, routing.channels(event, record.headers()));
    }

    /// For replays: nothing if the record yields no event for anybody. The feed has counted and reported it.
    Optional<Routed> readQuietly(ConsumerRecord<byte[], byte[]> record) {
        try {
            var routed = read(record);
            return routed.channels.isEmpty() ? Optional.empty() : Optional.of(routed);
        } catch (UndecodableException | RuntimeException reported) {
            return Optional.empty();
        }
    }
}
