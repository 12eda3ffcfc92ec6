package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.limits.MessageRate;
import dev.fanfare.gateway.protocol.ClientMessage;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.session.Command;
import dev.fanfare.gateway.session.Commanded;
import dev.fanfare.gateway.session.KnownKeys;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Wire;
import dev.fanfare.gateway.websocket.WebSocketApplication;
import dev.fanfare.gateway.websocket.WebSocketPeer;
import dev.fanfare.service.http.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One WebSocket: its session's wire, and what the client says.
///
/// Threads: the [WebSocketApplication] part is called by the connection's reading thread, the [Wire] part by the
/// session's drain. Whatever the reading thread has to send goes through the session, which has the only writer.
final class WsWire implements Wire, WebSocketApplication {
    private final Function<Boolean, EventForm> forms;
    private final Function<WsWire, Session> open;
    private final Function<ClientMessage.Publish, Notice.Published> publisher;
    private final Reading reading;
    private final Pass pass;
    private final MessageRate rate;
    private final LongSupplier retryMillis;
    private final int channelsMax;
    private final TermsReader terms;

    private @Nullable WebSocketPeer peer; // these four: set before the session is opened
    private @Nullable LineOut out;
    private @Nullable EventForm form;
    private volatile @Nullable Session session;
    private volatile long lastHeard = System.nanoTime();
    private volatile byte @Nullable [] owedClose;

    /// Has Kafka read for subscriptions, and finds out what their state is told by; blocks until it has been read.
    interface Reading {
        /// Blocks until the patterns are read.
        void want(List<ChannelPattern> patterns) throws InterruptedException;

        KnownKeys keys(List<ChannelPattern> patterns) throws InterruptedException;
    }

    /// @param forms by whether the client takes deflated messages
    /// @param open opens the session, once the handshake is done
    /// @param publisher blocks until the event is written
    /// @param pass the session's
    /// @param rate of what the client says, pings and pongs too
    WsWire(
            Function<Boolean, EventForm> forms,
            Function<WsWire, Session> open,
            Function<ClientMessage.Publish, Notice.Published> publisher,
            Reading reading,
            Pass pass,
            MessageRate rate,
            LongSupplier retryMillis,
            GatewaySettings.Session limits) {
        this.forms = forms;
        this.open = open;
        this.publisher = publisher;
        this.reading = reading;
        this.pass = pass;
        this.rate = rate;
        this.retryMillis = retryMillis;
        this.channelsMax = limits.channelsMax();
        this.terms = new TermsReader("member", limits.policies());
    }

    // ---- the reading thread ----

    @Override
    public void opened(WebSocketPeer opened) {
        peer = opened;
        out = new LineOut(opened.line());
        form = forms.apply(opened.deflated());
        lastHeard = System.nanoTime();
        session = open.apply(this);
    }

    @Override
    public void text(String message) {
        lastHeard = System.nanoTime();
        var to = session();
        var said = ClientMessage.parse(message);
        if (isTooMuch(said.id())) {
            return;
        }
        switch (said) {
            case ClientMessage.Subscribe subscribe -> to.command(subscribing(subscribe));
            case ClientMessage.Unsubscribe(var id, var channels) -> to.command(s -> unsubscribe(s, id, channels));
            case ClientMessage.Publish publish -> {
                var answer = publish(publish);
                to.command(s -> s.tell(answer));
            }
            case ClientMessage.Token(var id, var token) -> {
                var answer = renew(to, id, token);
                to.command(s -> s.tell(answer));
            }
            case ClientMessage.Ping(var id) -> to.command(s -> s.tell(new Notice.Pong(id)));
            case ClientMessage.Wrong(var id, var code, var detail) ->
                to.command(s -> s.tell(new Notice.Failure(id, code, detail)));
        }
        lastHeard = System.nanoTime(); // publishing, or an issuer's keys, may have taken their time
    }

    @Override
    public void binary(byte[] message) {
        lastHeard = System.nanoTime();
        if (isTooMuch(null)) {
            return;
        }
        session()
                .command(s -> s.tell(new Notice.Failure(
                        null, ErrorCode.INVALID_MESSAGE, "binary messages are not understood: send JSON as text")));
    }

    @Override
    public void pong(byte[] payload) {
        lastHeard = System.nanoTime();
        if (rate.next() == MessageRate.Verdict.ENOUGH) { // short of that there is nothing to refuse
            session().end(CloseReason.POLICY);
        }
    }

    @Override
    public void outbound(byte[] wholeFrame, boolean last) {
        lastHeard = System.nanoTime();
        if (last) {
            owedClose = wholeFrame;
            session().end(CloseReason.CLIENT_CLOSED);
        } else if (!isTooMuch(null)) {
            session().command(s -> s.send(wholeFrame));
        }
    }

    /// Whether the client has said more than it may. It is told so, and closed if it does not listen.
    private boolean isTooMuch(@Nullable String id) {
        switch (rate.next()) {
            case FINE -> {
                return false;
            }
            case TOO_MANY ->
                session()
                        .command(s -> s.tell(new Notice.Failure(
                                id,
                                ErrorCode.TOO_MANY_REQUESTS,
                                "too many messages a second: this one is refused, say it again later")));
            case ENOUGH -> session().end(CloseReason.POLICY);
        }
        return true;
    }

    @Override
    public void closed(int code, String reason) {
        var opened = session;
        if (opened != null) {
            opened.end(CloseReason.CLIENT_GONE);
        }
    }

    private Notice publish(ClientMessage.Publish message) {
        try {
            return publisher.apply(message);
        } catch (ProblemException refused) {
            return new Notice.Failure(message.id(), refused.code(), refused.detail());
        }
    }

    private Notice renew(Session to, @Nullable String id, String token) {
        try {
            return new Notice.Renewed(id, pass.renew(to, token));
        } catch (ProblemException refused) {
            return new Notice.Failure(id, refused.code(), refused.detail());
        }
    }

    private static List<ChannelPattern> patterns(ClientMessage.Subscribe said) {
        return said.channels().stream().map(StreamRequest::pattern).distinct().toList();
    }

    private Command subscribing(ClientMessage.Subscribe said) {
        try {
            var patterns = patterns(said);
            pass.checkSubscribe(patterns);
            reading.want(patterns);
            var keys = said.state() ? reading.keys(patterns) : null;
            return session -> subscribe(session, said, keys);
        } catch (ProblemException refused) {
            return session -> session.tell(new Notice.Failure(said.id(), refused.code(), refused.detail()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return session -> session.end(CloseReason.SHUTTING_DOWN);
        }
    }

    private void subscribe(Commanded to, ClientMessage.Subscribe said, @Nullable KnownKeys keys) {
        try {
            var patterns = patterns(said);
            var on = terms.read(
                    name -> Optional.ofNullable(said.terms().get(name)),
                    to.options().terms());
            if (to.interests().count() + patterns.size() > channelsMax) {
                throw new ProblemException(
                        ErrorCode.TOO_MANY_CHANNELS,
                        "a session may have %d subscriptions: use patterns, or unsubscribe first"
                                .formatted(channelsMax));
            }
            pass.checkSubscribe(patterns);
            patterns.forEach(pattern -> to.interests().add(pattern, on));
            to.reachBack();
            to.tell(new Notice.Subscribed(said.id(), said.channels()));
            if (keys != null) {
                to.tellState(keys, said.id(), patterns);
            }
        } catch (ProblemException refused) {
            to.tell(new Notice.Failure(said.id(), refused.code(), refused.detail()));
        }
    }

    private static void unsubscribe(Commanded to, @Nullable String id, List<String> channels) {
        try {
            var unknown = new ArrayList<String>();
            for (var channel : channels) {
                if (!to.interests().remove(StreamRequest.pattern(channel))) {
                    unknown.add(channel);
                }
            }
            to.tell(
                    unknown.isEmpty()
                            ? new Notice.Unsubscribed(id, channels)
                            : new Notice.Failure(
                                    id, ErrorCode.INVALID_CHANNEL, "not subscribed to: " + String.join(", ", unknown)));
        } catch (ProblemException refused) {
            to.tell(new Notice.Failure(id, refused.code(), refused.detail()));
        }
    }

    // ---- the drain ----

    @Override
    public EventForm form() {
        var agreed = form;
        if (agreed == null) {
            throw new IllegalStateException("not open yet");
        }
        return agreed;
    }

    @Override
    public boolean offer(List<byte[]> pieces, int bytes) throws IOException {
        return out().offer(pieces, bytes);
    }

    @Override
    public int approach() {
        var to = out;
        return to == null ? 0 : to.approach();
    }

    @Override
    public void finish() throws IOException {
        out().finish();
    }

    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {
        if (reason == CloseReason.CLIENT_GONE) {
            return;
        }
        try {
            var last = new ArrayList<byte[]>();
            var owed = owedClose;
            if (owed == null && reason.resumable()) {
                var after = Duration.ofMillis(retryMillis.getAsLong());
                var name = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
                last.add(form().notice(new Notice.GoingAway(after, name), cursor.get()));
            }
            if (owed == null) {
                owed = peer().beginClose(
                                reason.code(),
                                reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .orElseGet(() -> owedClose);
            }
            if (owed != null) {
                last.add(owed);
            }
            out().write(last, last.stream().mapToInt(frame -> frame.length).sum());
            peer().lastWritten();
        } catch (IOException tooLate) {
            abort();
        }
    }

    @Override
    public void abort() {
        out().abort();
    }

    @Override
    public long stalledSince() {
        return out().stalledSince();
    }

    @Override
    public long lastHeard() {
        return lastHeard;
    }

    @Override
    public boolean heartbeatsAlways() {
        return true;
    }

    private LineOut out() {
        var connected = out;
        if (connected == null) {
            throw new IllegalStateException("not open yet");
        }
        return connected;
    }

    private WebSocketPeer peer() {
        var connected = peer;
        if (connected == null) {
            throw new IllegalStateException("not open yet");
        }
        return connected;
    }

    private Session session() {
        var opened = session;
        if (opened == null) {
            throw new IllegalStateException("not open yet");
        }
        return opened;
    }
}
