package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.http.QueryParameters;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.protocol.SseForm;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.SessionOptions;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Start;
import dev.fanfare.gateway.session.StartPoint;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `GET /v1/events` without an upgrade: server-sent events or a long-poll, according to what the client accepts.
public final class StreamHandler implements Handler {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final HeaderName PREFER = HeaderNames.create("Prefer");
    private static final Pattern PREFER_WAIT = Pattern.compile("(?i)(?:^|[,;]\\s*)wait\\s*=\\s*\"?(\\d{1,6})\"?");

    private static final Pattern EVENT_STREAM = Pattern.compile("(?i)\\s*text/event-stream\\s*(;.*)?");
    private static final Pattern NOT_ACCEPTABLE =
            Pattern.compile("(?i).*;\\s*q=0(\\.0*)?\\s*(;.*)?"); // RFC 9110 §12.4.2

    private final GatewaySettings settings;
    private final Entrance entrance;
    private final Sessions sessions;
    private final Admission admission;
    private final Http2Watch http2;
    private final PollBuffers pollBuffers;

    /// Made once.
    ///
    /// @param http2 tells when a stream or its connection has ended
    public StreamHandler(
            GatewaySettings settings, Entrance entrance, Sessions sessions, Admission admission, Http2Watch http2) {
        this.settings = settings;
        this.entrance = entrance;
        this.sessions = sessions;
        this.admission = admission;
        this.http2 = http2;
        this.pollBuffers = new PollBuffers(settings.poll().buffersMax());
    }

    /// Bytes of events in the answers to long-polls that are not written yet. Any thread may ask.
    public long pollBytes() {
        return pollBuffers.held();
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        var query = QueryParameters.of(request.query());
        var asked = StreamRequest.parse(query, request.headers().first(LAST_EVENT_ID), settings.session());
        if (asked.patterns().isEmpty()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter 'channel' is missing: name at least one channel or pattern, as in ?channel=orders.*");
        }
        if (request.content().hasEntity()) { // whoever takes the connection would take it for the next request
            throw new ProblemException(
                    ErrorCode.INVALID_MESSAGE, "the request has a body, which GET has no use for: leave it out");
        }
        switch (transport(request, asked)) {
            case SSE -> sse(request, response, query, asked);
            case POLL -> poll(request, response, query, asked);
            case WS ->
                throw new ProblemException(
                        ErrorCode.UPGRADE_REQUIRED,
                        "transport=ws needs a WebSocket handshake: open it with a WebSocket client",
                        Map.of("Upgrade", "websocket", "Connection", "Upgrade"));
        }
    }

    private Transport transport(ServerRequest request, StreamRequest asked) {
        var transport = asked.transport().orElseGet(() -> acceptsEventStream(request) ? Transport.SSE : Transport.POLL);
        var offered = settings.transports();
        boolean on = switch (transport) {
            case SSE -> offered.sse();
            case POLL -> offered.poll();
            case WS -> offered.websocket();
        };
        if (!on) {
            throw new ProblemException(
                    ErrorCode.TRANSPORT_OFF,
                    "transport '%s' is switched off here: POST /v1/negotiate tells what is offered"
                            .formatted(transport.label()));
        }
        return transport;
    }

    private static boolean acceptsEventStream(ServerRequest request) {
        return values(request, HeaderNames.ACCEPT).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .anyMatch(range -> EVENT_STREAM.matcher(range).matches()
                        && !NOT_ACCEPTABLE.matcher(range).matches());
    }

    /// A browser's `EventSource` accepts an event stream and nothing else (WHATWG HTML §9.2.2); so do most libraries
    /// that do what it does. Who takes something else too, or does not say, can be told more.
    private static boolean isEventSource(ServerRequest request) {
        var accepted = values(request, HeaderNames.ACCEPT);
        return accepted.size() == 1
                && !accepted.getFirst().contains(",")
                && EVENT_STREAM.matcher(accepted.getFirst()).matches();
    }

    private static boolean isForLater(ProblemException problem) {
        int status = problem.code().status();
        return status == Status.SERVICE_UNAVAILABLE_503.code() || status == Status.TOO_MANY_REQUESTS_429.code();
    }

    private void sse(
            ServerRequest request, ServerResponse response, Map<String, List<String>> query, StreamRequest asked)
            throws IOException, InterruptedException {
        var requestId = HttpProblems.requestId(request, response);
        Pass pass;
        Start start;
        try {
            admission.check();
            pass = entrance.admit(request.remotePeer(), request.headers(), query, asked);
            start = entrance.start(asked, pass);
            entrance.limits().enter(pass.stay());
        } catch (ProblemException refusal) {
            if (isForLater(refusal) && isEventSource(request)) {
                refuse(request, response, requestId);
                return;
            }
            throw refusal;
        }
        var limits = settings.session();
        var options = SessionOptions.of(
                        Transport.SSE, limits.granted(asked.heartbeat()), limits.sseLife(), limits, settings.replay())
                .under(pass)
                .with(asked.terms());
        var wire = new SseWire(SseForm.of(asked.format(), asked.naming()), admission::retryMillis);
        Session session = null;
        try {
            if (isHttp1(request)) {
                var headers = given(response);
                var out = Takeover.of(response, wire).out();
                wire.connect(out);
                write(out, SseWire.head(requestId, headers, admission.retryMillis()));
                session = sessions.open(wire, options, asked.patterns(), start, true);
                entrance.opened(asked, session);
                wire.serve(session);
            } else {
                eventStream(response);
                var out = new StreamOut(response.outputStream());
                wire.connect(out);
                http2.onEnd(request, wire::peerGone);
                try {
                    write(out, SseForm.retry(admission.retryMillis()));
                    session = sessions.open(wire, options, asked.patterns(), start, true);
                    entrance.opened(asked, session);
                    wire.serve(session);
                    out.awaitEnd();
                } finally {
                    http2.forget(request);
                }
            }
        } finally {
            if (session == null) {
                pass.ended();
            }
        }
    }

    /// A browser's `EventSource` gives up for ever on anything but a stream, so it gets one that ends at once, and its
    /// connection with it.
    private void refuse(ServerRequest request, ServerResponse response, String requestId) {
        eventStream(response);
        response.header(HttpProblems.REQUEST_ID, requestId);
        if (isHttp1(request)) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        response.send(SseForm.retry(admission.retryMillis()));
        if (isHttp1(request)) {
            throw new CloseConnectionException("sent away");
        }
    }

    private static void eventStream(ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no");
    }

    /// What filters have put on the answer besides its id, for those that are not Helidon's to write.
    private static Map<String, String> given(ServerResponse response) {
        var headers = new HashMap<String, String>();
        for (var header : response.headers()) {
            if (!header.headerName().equals(HttpProblems.REQUEST_ID)) {
                headers.put(header.name(), header.values());
            }
        }
        return headers;
    }

    private static void write(Out out, byte[] bytes) throws IOException {
        out.write(List.of(bytes), bytes.length);
    }

    private void poll(
            ServerRequest request, ServerResponse response, Map<String, List<String>> query, StreamRequest asked)
            throws InterruptedException {
        if (asked.presence()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER, "presence=true is for streams: a long-poll asks GET /v1/presence");
        }
        admission.check();
        if (pollBuffers.isOverdrawn()) {
            throw new ProblemException(
                    ErrorCode.POLL_BUSY,
                    "the answers to other long-polls take all the memory there is for them: come back in a moment",
                    Map.of("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(admission.retryMillis(), 1000L)))));
        }
        var pass = entrance.admit(request.remotePeer(), request.headers(), query, asked);
        var start = entrance.start(asked, pass);
        entrance.limits().enter(pass.stay());
        Session session = null;
        try {
            session = poll(request, response, asked, pass, start);
        } finally {
            if (session == null) {
                pass.ended();
            }
        }
    }

    /// Answers at once, or has the connection taken over.
    private Session poll(ServerRequest request, ServerResponse response, StreamRequest asked, Pass pass, Start start)
            throws InterruptedException {
        var preferred = preferredWait(request);
        var hold = min(
                asked.hold().or(() -> preferred).orElse(settings.poll().hold()),
                settings.poll().holdMax());
        var options = SessionOptions.poll(hold, settings.session(), settings.replay())
                .under(pass)
                .with(asked.terms());
        var headers = new HashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("Cache-Control", "no-store");
        headers.putAll(given(response));
        headers.merge("Vary", "Accept, Prefer", (more, ours) -> ours + ", " + more);
        if (asked.hold().isEmpty() && preferred.isPresent()) {
            headers.put("Preference-Applied", "wait=" + hold.toSeconds());
        }
        var form = PollForm.of(asked.format());
        var buffers = pollBuffers.open();
        if (isHttp1(request)) {
            boolean keepAlive = values(request, HeaderNames.CONNECTION).stream()
                    .noneMatch(value -> value.equalsIgnoreCase("close"));
            var answer = new Http1Answer(headers, requestIds(request, response), keepAlive, buffers);
            var wire = new PollWire(form, settings.poll().bytesMax(), hold, buffers, answer);
            var connection = Takeover.of(response, wire);
            answer.connect(connection);
            var bytes = connection.takenRequest();
            if (keepAlive
                    && bytes != null
                    && asked.start() instanceof StartPoint.AtCursor(var cursor, var _)
                    && !request.query().contains("ticket")) {
                var repeat = Repeat.of(bytes, cursor);
                if (repeat != null) {
                    wire.repeated(repeat, pass::isAsGood);
                }
            }
            var session = sessions.open(wire, options, asked.patterns(), start, false);
            wire.serve(session);
            return session;
        } else {
            var answer = new Http2Answer();
            var wire = new PollWire(form, settings.poll().bytesMax(), hold, buffers, answer);
            http2.onEnd(request, wire::peerGone);
            try (buffers) {
                var session = sessions.open(wire, options, asked.patterns(), start, false);
                wire.serve(session);
                var body = answer.await();
                headers.forEach(response::header);
                response.send(body);
                return session;
            } finally {
                http2.forget(request);
            }
        }
    }

    /// An answer that is waited for by its handler.
    private static final class Http2Answer implements PollWire.Answer {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();

        @Override
        public boolean offer(List<byte[]> pieces, int bytes) {
            body.complete(LineOut.gathered(pieces, bytes));
            return true;
        }

        @Override
        public void last() {
            // the stream is its own
        }

        @Override
        public void finish() {
            // its handler writes it
        }

        byte[] await() throws InterruptedException {
            try {
                return body.get();
            } catch (ExecutionException | CancellationException cut) {
                throw new ProblemException(ErrorCode.INTERNAL, "the poll ended without an answer");
            }
        }

        @Override
        public void done() {
            // its handler returns
        }

        @Override
        public boolean isOutrun() {
            return false;
        }

        @Override
        public void abort() {
            body.cancel(false);
        }

        @Override
        public long stalledSince() {
            return 0;
        }
    }

    /// The client's own each time, or a new one each time.
    private static Http1Answer.RequestIds requestIds(ServerRequest request, ServerResponse response) {
        var first = HttpProblems.requestId(request, response);
        boolean own = request.headers()
                .first(HttpProblems.REQUEST_ID)
                .filter(first::equals)
                .isPresent();
        return own ? () -> first : () -> HttpProblems.requestId(null);
    }

    private static Optional<Duration> preferredWait(ServerRequest request) {
        return values(request, PREFER).stream()
                .map(PREFER_WAIT::matcher)
                .filter(Matcher::find)
                .map(match -> Duration.ofSeconds(Long.parseLong(match.group(1))))
                .findFirst();
    }

    private static List<String> values(ServerRequest request, HeaderName name) {
        return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static boolean isHttp1(ServerRequest request) {
        return request.prologue().protocolVersion().startsWith("1");
    }
}
