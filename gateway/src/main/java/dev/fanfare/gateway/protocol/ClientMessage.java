package dev.fanfare.gateway.protocol;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.fanfare.service.http.ProblemCode;
import dev.fanfare.service.http.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a client says on a running WebSocket. The optional `id` is repeated in the answer.
public sealed interface ClientMessage {
    /// The client's name for this message.
    @Nullable
    String id();

    /// More channels or patterns, from where the session stands.
    ///
    /// @param terms how they are to be served, as the client wrote it: some of `policy`, `interval` and `priority`
    /// @param state whether to tell the newest value of each key first
    record Subscribe(@Nullable String id, List<String> channels, Map<String, String> terms, boolean state)
            implements ClientMessage {}

    /// Fewer.
    record Unsubscribe(@Nullable String id, List<String> channels) implements ClientMessage {}

    /// An event to be written.
    ///
    /// @param channel where it is published; may be left out for a CloudEvent that has a key of its own
    /// @param body JSON as the client wrote it
    /// @param cloudEvent whether the body is a structured CloudEvent rather than plain data
    /// @param idempotencyKey makes a repeat get the first answer
    @SuppressWarnings("ArrayRecordComponent") // lives for one message and is never compared
    record Publish(
            @Nullable String id,
            @Nullable String channel,
            byte[] body,
            boolean cloudEvent,
            @Nullable String idempotencyKey)
            implements ClientMessage {}

    /// A new token, before the one that the session rests on expires.
    record Token(@Nullable String id, String token) implements ClientMessage {
        @Override
        public String toString() {
            return "Token[id=" + id + "]";
        }
    }

    /// Are you there?
    record Ping(@Nullable String id) implements ClientMessage {}

    /// A message that makes no sense, and why.
    ///
    /// @param id of the message, where that could be read
    record Wrong(@Nullable String id, ProblemCode code, String detail) implements ClientMessage {}

    /// Reads a message. Never fails: what cannot be read is [Wrong].
    static ClientMessage parse(String text) {
        return new Reader(text.getBytes(StandardCharsets.UTF_8)).read();
    }

    /// One message being read.
    final class Reader {
        private static final JsonFactory JSON = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(200).build())
                .build();
        private static final Set<String> TYPES = Set.of("subscribe", "unsubscribe", "publish", "token", "ping");
        private static final Set<String> TERMS = Set.of("policy", "interval", "priority");
        private static final Map<String, Set<String>> MEMBERS = Map.of(
                "subscribe", Set.of("type", "id", "channels", "policy", "interval", "priority", "state"),
                "unsubscribe", Set.of("type", "id", "channels"),
                "publish", Set.of("type", "id", "channel", "data", "event", "idempotencyKey"),
                "token", Set.of("type", "id", "token"),
                "ping", Set.of("type", "id"));

        private final byte[] bytes;
        private final Map<String, String> strings = new HashMap<>();
        private final Map<String, byte[]> slices = new HashMap<>();
        private final List<String> channels = new ArrayList<>();
        private @Nullable Boolean state;

        private Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        private ClientMessage read() {
            try (var json = JSON.createParser(bytes)) {
                members(json);
                return message();
            } catch (ProblemException wrong) {
                return new Wrong(strings.get("id"), wrong.code(), wrong.detail());
            } catch (JacksonException notJson) {
                return new Wrong(
                        strings.get("id"),
                        ErrorCode.INVALID_MESSAGE,
                        "the message is not JSON: " + notJson.getOriginalMessage());
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible); // an array does not fail
            }
        }

        private void members(JsonParser json) throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw wrong("the message is no JSON object: send {\"type\":\"ping\"} or the like");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                var token = json.nextToken();
                switch (name) {
                    case "channels" -> channels(json, token);
                    case "state" -> {
                        if (!token.isBoolean()) {
                            throw wrong("member 'state' is neither true nor false: send one of them");
                        }
                        state = token == JsonToken.VALUE_TRUE;
                    }
                    case "data", "event" -> slices.put(name, slice(json));
                    default -> {
                        if (token != JsonToken.VALUE_STRING) {
                            throw wrong("member '%s' is no string: send one".formatted(name));
                        }
                        strings.put(name, json.getText());
                    }
                }
            }
            if (json.nextToken() != null) {
                throw wrong("the message goes on after its JSON object: send one object a message");
            }
        }

        private void channels(JsonParser json, JsonToken first) throws IOException {
            if (first != JsonToken.START_ARRAY) {
                throw wrong("member 'channels' is no array of strings: send [\"orders.*\"] or the like");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_STRING) {
                    throw wrong("member 'channels' is no array of strings: send [\"orders.*\"] or the like");
                }
                channels.add(json.getText());
            }
        }

        private byte[] slice(JsonParser json) throws IOException {
            int from = (int) json.currentTokenLocation().getByteOffset();
            json.skipChildren();
            json.finishToken();
            int to = (int) json.currentLocation().getByteOffset();
            return Arrays.copyOfRange(bytes, from, to);
        }

        private ClientMessage message() {
            var type = strings.get("type");
            if (type == null) {
                throw wrong("member 'type' is missing: use one of " + TYPES);
            }
            var known = MEMBERS.get(type);
            if (known == null) {
                throw wrong("type '%s' is not known: %s"
                        .formatted(
                                shown(type),
                                Nearest.of(type, TYPES)
                                        .map("did you mean '%s'?"::formatted)
                                        .orElse("use one of " + TYPES)));
            }
            checkMembers(type, known);
            var id = strings.get("id");
            return switch (type) {
                case "subscribe" -> new Subscribe(id, named(), terms(), state != null && state);
                case "unsubscribe" -> new Unsubscribe(id, named());
                case "publish" -> publish(id);
                case "token" -> token(id);
                default -> new Ping(id);
            };
        }

        private void checkMembers(String type, Set<String> known) {
            var given = new ArrayList<>(strings.keySet());
            given.addAll(slices.keySet());
            if (!channels.isEmpty()) {
                given.add("channels");
            }
            if (state != null) {
                given.add("state");
            }
            for (var name : given) {
                if (!known.contains(name)) {
                    throw wrong("'%s' has no member '%s': %s"
                            .formatted(
                                    type,
                                    shown(name),
                                    Nearest.of(name, known)
                                            .map("did you mean '%s'?"::formatted)
                                            .orElse("known are " + known)));
                }
            }
        }

        private List<String> named() {
            if (channels.isEmpty()) {
                throw wrong("member 'channels' is missing: name at least one channel or pattern");
            }
            return List.copyOf(channels);
        }

        private Map<String, String> terms() {
            var terms = new HashMap<>(strings);
            terms.keySet().retainAll(TERMS);
            return terms;
        }

        private Publish publish(@Nullable String id) {
            var data = slices.get("data");
            var event = slices.get("event");
            var channel = strings.get("channel");
            if ((data == null) == (event == null)) {
                throw wrong("'publish' needs either 'data' or 'event': send one of them");
            }
            if (data != null && channel == null) {
                throw wrong("member 'channel' is missing: name the channel to publish to");
            }
            return new Publish(id, channel, data != null ? data : event, event != null, strings.get("idempotencyKey"));
        }

        private Token token(@Nullable String id) {
            var token = strings.get("token");
            if (token == null) {
                throw wrong("member 'token' is missing: send the new token");
            }
            return new Token(id, token);
        }

        private static String shown(String value) {
            return value.length() <= 64 ? value : value.substring(0, 64) + "…";
        }

        private static ProblemException wrong(String detail) {
            return new ProblemException(ErrorCode.INVALID_MESSAGE, detail);
        }
    }
}
