package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.service.log.LogField;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What one session has had, for the line that the log gets when it ends. There is one only where that is wanted: it
/// costs memory for each session.
///
/// Threads: owned by the session's drain.
public final class Account {
    private static final System.Logger LOG = System.getLogger("dev.fanfare.gateway.sessions");
    private static final int PATTERNS_SHOWN_MAX = 5;
    private static final int PRINCIPAL_SHOWN_MAX = 200;

    private final String address;
    private final String issuer;
    private final String principal;
    private final long beganNanos = System.nanoTime();
    private String patterns = "";
    private int channels;
    private long events;
    private long bytes;

    /// Of a session that begins now.
    ///
    /// @param address where its client comes from
    /// @param issuer of its token; empty for anybody
    /// @param principal the token's subject; empty for anybody
    public Account(String address, String issuer, String principal) {
        this.address = address;
        this.issuer = shortened(issuer);
        this.principal = shortened(principal);
    }

    private static String shortened(String text) {
        return text.length() <= PRINCIPAL_SHOWN_MAX ? text : text.substring(0, PRINCIPAL_SHOWN_MAX) + "...";
    }

    void wrote(int moreEvents, int moreBytes) {
        events += moreEvents;
        bytes += moreBytes;
    }

    /// What it subscribes to in the end.
    void subscribed(Interests interests) {
        channels = interests.count();
        patterns = Arrays.stream(interests.all())
                .limit(PATTERNS_SHOWN_MAX)
                .map(Interests.Interest::pattern)
                .map(ChannelPattern::text)
                .collect(Collectors.joining(", ", "", channels > PATTERNS_SHOWN_MAX ? ", ..." : ""));
    }

    void ended(Session session, CloseReason reason) {
        LOG.log(
                System.Logger.Level.INFO,
                "session {0} over {1} from {2} of ''{3}'' ({4}) ended, {5}: {6} events, {7} bytes, {8} ms, {9} channels: {10}",
                new LogField("session", session.id()),
                new LogField("transport", session.options().transport().label()),
                new LogField("address", address),
                new LogField("principal", principal),
                new LogField("issuer", issuer),
                new LogField("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                new LogField("events", events),
                new LogField("bytes", bytes),
                new LogField("millis", (System.nanoTime() - beganNanos) / 1_000_000),
                new LogField("channels", channels),
                new LogField("patterns", patterns));
    }
}
