package dev.fanfare.gateway.access;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.service.access.Claims;
import java.util.ArrayList;
import java.util.List;

/// Makes grants of claims: of the patterns that a token has itself, and of the operator's templates.
final class Grants {
    private final AccessSettings.Claims names;
    private final List<GrantTemplate> subscribe;
    private final List<GrantTemplate> publish;

    Grants(AccessSettings settings) {
        this.names = settings.claims();
        this.subscribe =
                settings.grants().subscribe().stream().map(GrantTemplate::parse).toList();
        this.publish =
                settings.grants().publish().stream().map(GrantTemplate::parse).toList();
    }

    Grant of(Claims claims) {
        var faults = new ArrayList<String>();
        var mayHear = patterns(claims, names.subscribe(), faults);
        mayHear.addAll(GrantTemplate.fill(subscribe, claims, faults));
        var maySpeak = patterns(claims, names.publish(), faults);
        maySpeak.addAll(GrantTemplate.fill(publish, claims, faults));
        return new Grant(mayHear, maySpeak, faults);
    }

    private static List<ChannelPattern> patterns(Claims claims, String name, List<String> faults) {
        var patterns = new ArrayList<ChannelPattern>();
        for (var text : claims.texts(name)) {
            try {
                patterns.add(ChannelPattern.parse(text));
            } catch (IllegalArgumentException bad) {
                faults.add("the claim '%s' has a pattern that is none: %s".formatted(name, bad.getMessage()));
            }
        }
        return patterns;
    }
}
