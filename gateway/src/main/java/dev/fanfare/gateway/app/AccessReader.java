package dev.fanfare.gateway.app;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.GrantTemplate;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.AccessSettings.Claims;
import dev.fanfare.gateway.config.AccessSettings.Cookie;
import dev.fanfare.gateway.config.AccessSettings.Expiry;
import dev.fanfare.gateway.config.AccessSettings.Grants;
import dev.fanfare.gateway.config.AccessSettings.Revocations;
import dev.fanfare.gateway.config.AccessSettings.Tickets;
import dev.fanfare.service.config.IssuersReader;
import dev.fanfare.service.config.Topics;
import dev.fanfare.service.config.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Reads everything under `access`.
final class AccessReader {
    private static final String PATTERN = "a channel or pattern, such as orders.42 or orders.**";

    private final Values values;

    AccessReader(Values values) {
        this.values = values;
    }

    AccessSettings read() {
        var standard = AccessSettings.DEFAULT;
        return new AccessSettings(
                new Anonymous(patterns("access.anonymous.subscribe"), patterns("access.anonymous.publish")),
                new IssuersReader(values).read(),
                values.duration("access.clock-skew", standard.clockSkew(), Duration.ZERO, ofMinutes(5)),
                new Claims(
                        values.text("access.claims.subscribe", standard.claims().subscribe()),
                        values.text("access.claims.publish", standard.claims().publish()),
                        values.text("access.claims.scope", standard.claims().scope())),
                new Grants(templates("access.grants.subscribe"), templates("access.grants.publish")),
                values.flag("access.query-token", standard.queryToken()),
                new Cookie(values.text("access.cookie.name")),
                new Tickets(
                        values.text("access.tickets.key-file"),
                        values.duration(
                                "access.tickets.life", standard.tickets().life(), ofSeconds(1), ofMinutes(5))),
                new Expiry(
                        values.duration(
                                "access.expiry.notice", standard.expiry().notice(), Duration.ZERO, ofMinutes(60)),
                        values.duration("access.expiry.grace", standard.expiry().grace(), Duration.ZERO, ofMinutes(5))),
                revocations(),
                values.text("access.management-scope", standard.managementScope()),
                values.text("access.operator-scope", standard.operatorScope()));
    }

    private Revocations revocations() {
        var key = "access.revocations.topic";
        var topic = values.text(key);
        if (topic.isPresent() && !Topics.isLegal(topic.get())) {
            values.refuse(key, "", Topics.WANTED);
        }
        return new Revocations(topic);
    }

    private List<ChannelPattern> patterns(String key) {
        return values.list(key, PATTERN, text -> {
            try {
                return Optional.of(ChannelPattern.parse(text));
            } catch (IllegalArgumentException bad) {
                return Optional.empty();
            }
        });
    }

    private List<String> templates(String key) {
        return values.list(key, "a pattern with claims in braces, such as orders.{sub}.**", text -> {
            try {
                GrantTemplate.parse(text);
                return Optional.of(text);
            } catch (IllegalArgumentException bad) {
                return Optional.empty();
            }
        });
    }
}
