package dev.fanfare.gateway.access;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.service.access.Claims;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A pattern with claims in braces, each a whole token or part of one: `orders.{sub}.**`. What a claim says becomes
/// part of exactly one literal token, written as routes write a key, or the template grants nothing.
public final class GrantTemplate {
    private static final Pattern CLAIM = Pattern.compile("\\{([^{}]+)}");

    /// What would make another token, or none, of a value. `*` and `>` would be escaped, but nobody means that.
    private static final Pattern NO_TOKEN = Pattern.compile("[./*>\\p{Cntrl}]");

    private final String text;

    private GrantTemplate(String text) {
        this.text = text;
    }

    /// Reads a template.
    ///
    /// @throws IllegalArgumentException with a sentence that names the template and the fix
    public static GrantTemplate parse(String text) {
        var sample = CLAIM.matcher(text).replaceAll("x");
        if (sample.contains("{") || sample.contains("}")) {
            throw new IllegalArgumentException(
                    "grant '%s' has a brace alone: write claims as in orders.{sub}.**".formatted(text));
        }
        ChannelPattern.parse(sample);
        return new GrantTemplate(text);
    }

    /// The pattern for a token; null if it has not all the claims.
    ///
    /// @throws IllegalArgumentException if a claim is no single token, naming the claim and the template
    @Nullable
    ChannelPattern fill(Claims claims) {
        var pattern = new StringBuilder();
        var claim = CLAIM.matcher(text);
        while (claim.find()) {
            var value = claims.text(claim.group(1));
            if (value.isEmpty()) {
                return null;
            }
            claim.appendReplacement(pattern, escaped(claim.group(1), value.get()));
        }
        return ChannelPattern.parse(claim.appendTail(pattern).toString());
    }

    private String escaped(String claim, String value) {
        var name = value.isEmpty() || NO_TOKEN.matcher(value).find()
                ? Optional.<ChannelName>empty()
                : ChannelName.escaped(value);
        return name.map(ChannelName::value)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the claim '%s' is not one token of a channel's name, so '%s' grants nothing"
                                .formatted(claim, text)));
    }

    /// Fills all of them.
    ///
    /// @param faults gets a sentence for each that cannot be
    static List<ChannelPattern> fill(List<GrantTemplate> templates, Claims claims, List<String> faults) {
        var patterns = new ArrayList<ChannelPattern>();
        for (var template : templates) {
            try {
                var pattern = template.fill(claims);
                if (pattern != null) {
                    patterns.add(pattern);
                }
            } catch (IllegalArgumentException bad) {
                faults.add(String.valueOf(bad.getMessage()));
            }
        }
        return patterns;
    }
}
