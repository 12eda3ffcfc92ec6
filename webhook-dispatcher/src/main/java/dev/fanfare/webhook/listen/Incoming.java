package dev.fanfare.webhook.listen;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.events.UndecodableException;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/// An event as a gateway tells it with `format=cloudevents`, made a message of the dispatcher's.
final class Incoming {
    private static final String CHANNEL = "fanfarechannel";
    private static final String CURSOR = "fanfarecursor";
    private static final String DELETED = "deleted";
    private static final EventDecoder DECODER = new EventDecoder();

    private Incoming() {}

    /// @throws UndecodableException if it is no CloudEvent of a gateway
    static Message message(String cloudEvent) throws UndecodableException {
        var headers = new RecordHeaders(
                List.of(new RecordHeader("content-type", "application/cloudevents+json".getBytes(UTF_8))));
        var told = DECODER.decode(new ConsumerRecord<>(
                "listen",
                0,
                0,
                ConsumerRecord.NO_TIMESTAMP,
                TimestampType.NO_TIMESTAMP_TYPE,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                null,
                cloudEvent.getBytes(UTF_8),
                headers,
                Optional.empty()));
        var extensions = new LinkedHashMap<>(told.extensions());
        extensions.remove(CURSOR);
        var channel = extensions.remove(CHANNEL);
        if (channel == null) {
            throw new UndecodableException(
                    UndecodableException.Reason.MISSING_ATTRIBUTE,
                    "the event has no " + CHANNEL + ": is it a gateway that sends it?");
        }
        boolean deleted = told.data() == null && "true".equals(extensions.remove(DELETED));
        var event = new Event(
                told.id(),
                told.source(),
                told.type(),
                told.subject(),
                told.dataContentType(),
                told.dataSchema(),
                told.time(),
                told.data(),
                deleted,
                extensions,
                told.key(),
                told.topic(),
                told.partition(),
                told.offset(),
                told.timestamp());
        return new Message(id(event), event, List.of(ChannelName.of(channel)), Message.DEFAULT_TENANT);
    }

    /// What names the event here stays the same if it is posted again; it is not what the dispatcher would name it, as
    /// a gateway does not tell where its record stands.
    private static MessageId id(Event event) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            for (var part : List.of(
                    event.source(), event.id(), event.type(), event.time().toString())) {
                hash.update(part.getBytes(UTF_8));
                hash.update((byte) '\n');
            }
            var bytes = ByteBuffer.wrap(hash.digest());
            return new MessageId(new Uuid(bytes.getLong(), bytes.getLong()), 0, bytes.getLong() & Long.MAX_VALUE);
        } catch (NoSuchAlgorithmException noSha) {
            throw new IllegalStateException("SHA-256 does not work here", noSha);
        }
    }
}
