package dev.fanfare.gateway.cluster;

import dev.fanfare.gateway.session.Transport;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/// How a node is doing as a whole, as it tells the others whenever it says that it is there. Nothing in it is about one
/// client, and nothing leads to the node.
///
/// @param node what operators call it
/// @param version of its software
/// @param ready whether load balancers are to send it clients
/// @param overloadLevel 0: nothing is left out
/// @param sessions open, by transport
/// @param deliveriesPerSecond events that were written to clients, since it told before
/// @param eventsPerSecond records that were read, since it told before
/// @param feedLag records between the feed and what Kafka has
public record Bulletin(
        String node,
        String version,
        boolean ready,
        int overloadLevel,
        Map<Transport, Integer> sessions,
        long deliveriesPerSecond,
        long eventsPerSecond,
        long feedLag) {
    public Bulletin {
        sessions = Map.copyOf(sessions);
    }

    /// @throws IllegalArgumentException if it is not what [#members] makes
    static Bulletin of(Map<String, String> members) {
        var sessions = new EnumMap<Transport, Integer>(Transport.class);
        for (var transport : Transport.values()) {
            sessions.put(transport, (int) number(members, transport.label()));
        }
        return new Bulletin(
                members.getOrDefault("node", "unknown"),
                members.getOrDefault("version", "unknown"),
                Boolean.parseBoolean(members.get("ready")),
                (int) number(members, "overload"),
                sessions,
                number(members, "deliveries"),
                number(members, "events"),
                number(members, "lag"));
    }

    private static long number(Map<String, String> members, String name) {
        var text = members.getOrDefault(name, "0");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("'%s' is no number".formatted(name), none);
        }
    }

    /// As texts, which is all that [dev.fanfare.gateway.protocol.FlatJson] has.
    Map<String, String> members() {
        var members = new TreeMap<String, String>();
        members.put("node", node);
        members.put("version", version);
        members.put("ready", Boolean.toString(ready));
        members.put("overload", Integer.toString(overloadLevel));
        sessions.forEach((transport, count) -> members.put(transport.label(), Integer.toString(count)));
        members.put("deliveries", Long.toString(deliveriesPerSecond));
        members.put("events", Long.toString(eventsPerSecond));
        members.put("lag", Long.toString(feedLag));
        return members;
    }
}
