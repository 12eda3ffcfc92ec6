package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import dev.fanfare.events.StructuredWriter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events and notices as JSON, the same on all transports.
final class EventJson {
    private static final Set<String> OURS = Set.of("fanfarecursor", "fanfarechannel", "fanfarestate", "deleted");

    private EventJson() {}

    /// Marks an event of a state.
    static void state(JsonBytes out, boolean state) {
        out.raw(state ? ",\"state\":true" : "");
    }

    /// Members of the `json` format after `id`.
    ///
    /// @param state whether it belongs to a state
    static void json(JsonBytes out, Event event, ChannelName channel, boolean state) {
        state(out, state);
        out.member("channel", channel.value()).member("eventId", event.id()).member("eventType", event.type());
        var key = event.key();
        if (key != null) {
            out.member("key", key);
        }
        out.member("time", event.time().toString());
        StructuredWriter.data(out, event);
    }

    /// A structured CloudEvent. Where it stands in the feed travels as the extension `fanfarecursor`.
    ///
    /// @param state whether it belongs to a state
    static void cloudEvent(JsonBytes out, Event event, ChannelName channel, byte[] cursor, boolean state) {
        StructuredWriter.open(out, event, OURS);
        out.member("fanfarechannel", channel.value()).raw(",\"fanfarecursor\":").quoted(cursor);
        out.raw(state ? ",\"fanfarestate\":true" : "");
        StructuredWriter.data(out, event);
        out.raw("}");
    }

    /// Members of a notice after something before: `,"session":…`.
    static void notice(JsonBytes out, Notice notice) {
        switch (notice) {
            case Notice.Ready(var session, var heartbeat, var from, var complete) ->
                out.member("session", session)
                        .raw(",\"heartbeatMs\":" + heartbeat.toMillis())
                        .member("from", from)
                        .raw(",\"resumed\":" + (!from.equals("live") && !from.equals("state")))
                        .raw(",\"complete\":" + complete);
            case Notice.Gap(var topic, var partition, var from, var to, var reason, var approximate) ->
                out.member("reason", reason.code())
                        .member("topic", topic)
                        .raw(",\"partition\":" + partition)
                        .raw(",\"from\":" + from)
                        .raw(",\"to\":" + to)
                        .raw(approximate ? ",\"approximate\":true" : "");
            case Notice.StateEnd(var id) -> id(out, id);
            case Notice.Failure(var id, var code, var detail) -> {
                id(out, id);
                out.member("code", code.code()).member("detail", detail);
            }
            case Notice.GoingAway(var after, var reason) ->
                out.raw(",\"reconnectAfterMs\":" + after.toMillis()).member("reason", reason);
            case Notice.TokenExpiring(var in) -> out.raw(",\"expiresInMs\":" + in.toMillis());
            case Notice.Revoked(var channels) -> channels(out, null, channels);
            case Notice.Presence(var channel, var count, var joined, var left, var complete) -> {
                out.member("channel", channel).raw(",\"count\":" + count);
                members(out, "joined", joined);
                members(out, "left", left);
                out.raw(",\"complete\":" + complete);
            }
            case Notice.Renewed(var id, var in) -> {
                id(out, id);
                out.raw(",\"expiresInMs\":" + in.toMillis());
            }
            case Notice.Subscribed(var id, var channels) -> channels(out, id, channels);
            case Notice.Unsubscribed(var id, var channels) -> channels(out, id, channels);
            case Notice.Published(var id, var events) -> {
                id(out, id);
                out.raw(",\"events\":[");
                for (int i = 0; i < events.size(); i++) {
                    var event = events.get(i);
                    out.raw(i == 0 ? "{\"id\":" : ",{\"id\":")
                            .string(event.id())
                            .member("topic", event.topic())
                            .raw(",\"partition\":" + event.partition())
                            .raw(",\"offset\":" + event.offset())
                            .raw("}");
                }
                out.raw("]");
            }
            case Notice.Pong(var id) -> id(out, id);
        }
    }

    private static void members(JsonBytes out, String name, List<Notice.Member> members) {
        out.raw(",\"" + name + "\":[");
        var comma = "";
        for (var member : members) {
            out.raw(comma).raw("{\"issuer\":").string(member.issuer()).member("sub", member.subject());
            out.raw("}");
            comma = ",";
        }
        out.raw("]");
    }

    private static void id(JsonBytes out, @Nullable String id) {
        if (id != null) {
            out.member("id", id);
        }
    }

    private static void channels(JsonBytes out, @Nullable String id, List<String> channels) {
        id(out, id);
        out.raw(",\"channels\":[");
        for (int i = 0; i < channels.size(); i++) {
            out.raw(i == 0 ? "" : ",").string(channels.get(i));
        }
        out.raw("]");
    }

    /// Whether a notice speaks of where the client stands; the others are answers.
    static boolean movesCursor(Notice notice) {
        return switch (notice) {
            case Notice.Ready _,
                    Notice.Gap _,
                    Notice.StateEnd _,
                    Notice.GoingAway _,
                    Notice.TokenExpiring _,
                    Notice.Revoked _ -> true;
            case Notice.Failure _,
                    Notice.Presence _,
                    Notice.Renewed _,
                    Notice.Subscribed _,
                    Notice.Unsubscribed _,
                    Notice.Published _,
                    Notice.Pong _ -> false;
        };
    }

    /// The notice's name on the wire.
    static String name(Notice notice) {
        return switch (notice) {
            case Notice.Ready _ -> "ready";
            case Notice.Gap _ -> "gap";
            case Notice.StateEnd _ -> "state-end";
            case Notice.Failure _ -> "error";
            case Notice.GoingAway _ -> "going-away";
            case Notice.TokenExpiring _ -> "token-expiring";
            case Notice.Revoked _ -> "revoked";
            case Notice.Presence _ -> "presence";
            case Notice.Renewed _ -> "renewed";
            case Notice.Subscribed _ -> "subscribed";
            case Notice.Unsubscribed _ -> "unsubscribed";
            case Notice.Published _ -> "published";
            case Notice.Pong _ -> "pong";
        };
    }
}
