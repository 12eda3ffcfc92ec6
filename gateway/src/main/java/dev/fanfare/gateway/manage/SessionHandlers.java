package dev.fanfare.gateway.manage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.gateway.channel.Subscriber;
import dev.fanfare.gateway.channel.Survey;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Glance;
import dev.fanfare.gateway.session.Holder;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.SessionState;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Standing;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `GET /v1/sessions`, `GET /v1/sessions/{id}`, `POST …/disconnect`, `POST …/move`: which clients there are, how they
/// are doing, and sending one away.
final class SessionHandlers {
    private static final int PAGE = 50;
    private static final int PAGE_MAX = 1000;
    private static final Duration PATIENCE = Duration.ofMillis(500); // of an operator, for a drain that waits

    private static final Comparator<Seen> SLOWEST = Comparator.<Seen>comparingLong(seen -> seen.glance.stalledMillis())
            .thenComparingLong(seen -> seen.glance.waitingEvents() < 0 ? Long.MAX_VALUE : seen.glance.waitingEvents())
            .thenComparingLong(seen -> seen.glance.unwrittenBytes())
            .reversed()
            .thenComparing(Seen::id);

    private final Sessions sessions;
    private final Survey survey;

    SessionHandlers(Sessions sessions, Survey survey) {
        this.sessions = sessions;
        this.survey = survey;
    }

    /// A session, and how it was when it was looked at.
    private record Seen(Session session, String id, Glance glance) {}

    /// Which sessions are asked for.
    private record Filter(
            Optional<Transport> transport,
            Optional<String> subject,
            Optional<String> address,
            Optional<SessionState> state,
            Optional<Set<Subscriber>> audience) {
        boolean lets(Session session) {
            var holder = session.options().permit().holder();
            return transport.filter(one -> one != session.options().transport()).isEmpty()
                    && subject.filter(
                                    one -> !holder.subject().filter(one::equals).isPresent())
                            .isEmpty()
                    && address.filter(one -> !one.equals(holder.address())).isEmpty()
                    && audience.filter(all -> !all.contains(session)).isEmpty();
        }

        boolean lets(Glance glance) {
            return state.filter(one -> one != glance.state()).isEmpty();
        }
    }

    void register(HttpRouting.Builder routing) {
        routing.get("/v1/sessions", this::list);
        routing.get("/v1/sessions/{id}", this::one);
        routing.post(
                "/v1/sessions/{id}/disconnect",
                (request, response) -> end(request, response, CloseReason.DISCONNECTED));
        routing.post("/v1/sessions/{id}/move", (request, response) -> end(request, response, CloseReason.MOVED));
    }

    private void list(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "transport", "subject", "address", "channel", "state", "sort", "limit", "after");
        var filter = new Filter(
                query.choice("transport", Transport.class),
                query.text("subject"),
                query.text("address"),
                query.choice("state", SessionState.class),
                query.channel("channel").map(survey::audience));
        int limit = query.number("limit", PAGE, 1, PAGE_MAX);
        boolean slowest = query.choice("sort", Sort.class).orElse(Sort.ID) == Sort.SLOWEST;
        var after = query.text("after").orElse("");
        var order = slowest ? SLOWEST : Comparator.comparing(Seen::id);
        var found = new PriorityQueue<Seen>(limit + 1, order.reversed());
        long now = System.nanoTime();
        int total = 0;
        boolean more = false;
        for (var session : sessions.all()) {
            if (!filter.lets(session)) {
                continue;
            }
            var seen = new Seen(session, session.name(), session.glance(now));
            if (!filter.lets(seen.glance) || (slowest && !seen.glance.isBehind())) {
                continue;
            }
            total++;
            if (slowest || seen.id.compareTo(after) > 0) {
                found.add(seen);
                if (found.size() > limit) {
                    found.remove();
                    more = true;
                }
            }
        }
        var page = found.stream().sorted(order).toList();
        var next = more && !slowest ? Optional.of(page.getLast().id) : Optional.<String>empty();
        int all = total;
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeNumberField("total", all);
            json.writeArrayFieldStart("sessions");
            for (var seen : page) {
                json.writeStartObject();
                write(json, seen);
                json.writeNumberField("channels", seen.glance.subscriptions().size());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (next.isPresent()) {
                json.writeStringField("next", next.get());
            }
            json.writeEndObject();
        });
    }

    private enum Sort {
        ID,
        SLOWEST
    }

    private void one(ServerRequest request, ServerResponse response) {
        var _ = new Query(request);
        var session = find(request.path().pathParameters().get("id"));
        var standing = ask(session);
        var seen = new Seen(session, session.name(), session.glance(System.nanoTime()));
        Answer.send(request, response, json -> {
            json.writeStartObject();
            write(json, seen);
            if (standing.isPresent()) {
                json.writeStringField("cursor", standing.get().cursor());
            }
            json.writeArrayFieldStart("channels");
            if (standing.isPresent()) {
                for (var subscribed : standing.get().subscriptions()) {
                    write(json, subscribed);
                }
            } else {
                for (var pattern : seen.glance.subscriptions()) {
                    json.writeStartObject();
                    json.writeStringField("channel", pattern.text());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /// The first reason counts: a session that ends already ends as it does.
    private void end(ServerRequest request, ServerResponse response, CloseReason reason) {
        var _ = new Query(request);
        var session = find(request.path().pathParameters().get("id"));
        session.end(reason);
        Answer.send(request, response, Status.ACCEPTED_202, json -> {
            json.writeStartObject();
            json.writeStringField("id", session.name());
            json.writeStringField("state", Query.label(SessionState.ENDING));
            json.writeEndObject();
        });
    }

    Optional<Session> ifHere(String id) {
        return sessions.all().stream()
                .filter(session -> session.name().equals(id))
                .findFirst();
    }

    /// @throws ProblemException if there is none
    Session find(String id) {
        return ifHere(id)
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.NO_SESSION,
                        "this node has no such session: it may have ended, or be another node's; list them anew"));
    }

    /// Nothing if its drain waits for the client.
    private static Optional<Standing> ask(Session session) {
        var answer = new CompletableFuture<Standing>();
        session.inform(asked -> answer.complete(asked.standing()));
        try {
            return Optional.of(answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException busy) {
            return Optional.empty();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static void write(JsonGenerator json, Seen seen) throws IOException {
        var holder = seen.session.options().permit().holder();
        json.writeStringField("id", seen.id);
        json.writeStringField("transport", seen.session.options().transport().label());
        json.writeStringField("state", Query.label(seen.glance.state()));
        write(json, holder);
        json.writeNumberField("unwrittenBytes", seen.glance.unwrittenBytes());
        json.writeNumberField("stalledMs", seen.glance.stalledMillis());
        if (seen.glance.waitingEvents() >= 0) {
            json.writeNumberField("waitingEvents", seen.glance.waitingEvents());
        } else {
            json.writeBooleanField("beyondLog", true);
        }
    }

    private static void write(JsonGenerator json, Holder holder) throws IOException {
        if (holder.issuer().isPresent()) {
            json.writeStringField("issuer", holder.issuer().get());
        }
        if (holder.subject().isPresent()) {
            json.writeStringField("subject", holder.subject().get());
        }
        json.writeStringField("address", holder.address());
    }

    private static void write(JsonGenerator json, Standing.Subscribed subscribed) throws IOException {
        var terms = subscribed.terms();
        json.writeStartObject();
        json.writeStringField("channel", subscribed.pattern().text());
        json.writeStringField("policy", terms.policy().label());
        if (!terms.interval().isZero()) {
            json.writeNumberField("intervalMs", terms.interval().toMillis());
        }
        json.writeStringField("priority", Query.label(terms.priority()));
        json.writeEndObject();
    }
}
