package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Delivery;
import dev.fanfare.webhook.store.Delivery.State;
import dev.fanfare.webhook.store.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What was decided about an event and an endpoint, one after the other: what is on record of its delivery, or what the
/// endpoint would be asked about the event now, in the order in which the dispatcher asks. Pure.
final class Decisions {
    private Decisions() {}

    /// One of them.
    ///
    /// @param step a stable code, listed in the OpenAPI document
    /// @param at when; empty where no time is on record
    record Decision(String step, Optional<Instant> at, String detail) {
        static Decision of(String step, String detail) {
            return new Decision(step, Optional.empty(), detail);
        }

        static Decision at(Instant at, String step, String detail) {
            return new Decision(step, Optional.of(at), detail);
        }

        ObjectNode view() {
            return Json.object()
                    .put("step", step)
                    .put("at", at.map(Object::toString).orElse(null))
                    .put("detail", detail);
        }
    }

    /// What the endpoint is asked about an event of which nothing is on record.
    ///
    /// @param asked the answers, to the one that settles it
    /// @param isWanted whether the last of them is yes, too
    record Asked(List<Decision> asked, boolean isWanted) {
        Decision last() {
            return asked.getLast();
        }
    }

    static Asked ask(Endpoint endpoint, Message message) {
        var event = message.event();
        var settings = endpoint.settings();
        var asked = new ArrayList<Decision>();
        if (!message.tenant().equals(endpoint.tenant())) {
            return no(
                    asked,
                    "other-tenant",
                    "The event belongs to tenant %s, the endpoint to tenant %s."
                            .formatted(Fields.quoted(message.tenant()), Fields.quoted(endpoint.tenant())));
        }
        asked.add(Decision.of(
                "tenant", "Event and endpoint belong to tenant %s.".formatted(Fields.quoted(endpoint.tenant()))));
        var names = message.channels().stream().map(ChannelName::value).toList();
        var channel = match(settings.channels(), message.channels());
        if (channel.isEmpty()) {
            return no(
                    asked,
                    "channel",
                    "None of the endpoint's channels %s matches one of the event's: %s."
                            .formatted(settings.channels(), names));
        }
        asked.add(Decision.of("channel", "%s of the endpoint matches the event's %s.".formatted(channel.get(), names)));
        if (!settings.eventTypes().isEmpty()) {
            var type = match(
                    settings.eventTypes(),
                    ChannelName.escaped(event.type()).stream().toList());
            if (type.isEmpty()) {
                return no(
                        asked,
                        "type",
                        "None of the endpoint's event types %s matches the event's: %s."
                                .formatted(settings.eventTypes(), Fields.quoted(event.type())));
            }
            asked.add(Decision.of(
                    "type",
                    "%s of the endpoint matches the event's type %s."
                            .formatted(type.get(), Fields.quoted(event.type()))));
        }
        if (event.timestamp() >= 0 && event.timestamp() < endpoint.createdAt().toEpochMilli()) {
            return no(
                    asked,
                    "before-created",
                    "The endpoint was created at %s, after the event: POST /v1/endpoints/%s/replay fetches what was before."
                            .formatted(endpoint.createdAt(), endpoint.id()));
        }
        asked.add(Decision.of(
                "created", "The endpoint was there before the event, since %s.".formatted(endpoint.createdAt())));
        if (!endpoint.isActive()) {
            return no(
                    asked,
                    "disabled",
                    "The endpoint is disabled%s: events of that time can be fetched by a replay."
                            .formatted(endpoint.disabledReason()
                                    .map(" (%s)"::formatted)
                                    .orElse("")));
        }
        asked.add(Decision.of("enabled", "The endpoint is enabled."));
        return new Asked(List.copyOf(asked), true);
    }

    private static Asked no(List<Decision> asked, String step, String detail) {
        asked.add(Decision.of(step, detail));
        return new Asked(List.copyOf(asked), false);
    }

    /// What is on record of a delivery, in the order of time.
    ///
    /// @param calls that were made
    static List<Decision> recorded(
            Endpoint endpoint, Delivery delivery, Optional<Message> message, List<Attempt> calls) {
        var later = new ArrayList<Decision>();
        for (var call : calls) {
            var result = call.result();
            later.add(Decision.at(
                    call.at(),
                    "attempted",
                    "Attempt %d (%s): %s%s%s"
                            .formatted(
                                    call.number(),
                                    call.trigger().code(),
                                    result.reason().code(),
                                    result.status() > 0 ? " " + result.status() : "",
                                    result.detail().isEmpty() ? "." : ". " + result.detail())));
        }
        var reason = delivery.reason().orElse("");
        switch (delivery.state()) {
            case DELIVERED -> {
                // the attempt says so
            }
            case PARKED -> later.add(Decision.at(delivery.at(), "parked", "Parked, to be tried again later."));
            case DEAD_LETTER ->
                later.add(Decision.at(
                        delivery.at(),
                        "dead-letter",
                        "Given up (%s), and kept: it can be sent again.".formatted(reason)));
            case ENDED ->
                later.add(Decision.at(delivery.at(), ended(reason), "Ended without success (%s).".formatted(reason)));
        }
        later.sort(Comparator.comparing(one -> one.at().orElseThrow())); // leaves those of one instant as they are
        var all = new ArrayList<Decision>();
        all.add(matched(endpoint, message));
        all.addAll(later);
        delivery.due()
                .filter(_ -> delivery.state() == State.PARKED)
                .ifPresent(due -> all.add(Decision.at(
                        due, "due", "Attempt %d is due then (%s).".formatted(delivery.attempts() + 1, reason))));
        return List.copyOf(all);
    }

    private static String ended(String reason) {
        return reason.equals("expired") ? "expired" : "ended";
    }

    /// When is not on record, and the settings may have changed since.
    private static Decision matched(Endpoint endpoint, Optional<Message> message) {
        if (message.isEmpty()) {
            return Decision.of("matched", "The endpoint wanted the event; what it was is not kept any more.");
        }
        var names = message.get().channels();
        if (names.contains(OperatorHandlers.TEST_CHANNEL)) {
            return Decision.of("matched", "Somebody asked for this test event.");
        }
        var channel = match(endpoint.settings().channels(), names);
        return Decision.of(
                "matched",
                "The endpoint wanted the event, on %s%s."
                        .formatted(
                                names.stream().map(ChannelName::value).toList(),
                                channel.map(pattern -> ": " + pattern + " matches")
                                        .orElse(", by settings that it had then")));
    }

    private static Optional<ChannelPattern> match(List<ChannelPattern> patterns, List<ChannelName> names) {
        return patterns.stream()
                .filter(pattern -> names.stream().anyMatch(pattern::matches))
                .findFirst();
    }
}
