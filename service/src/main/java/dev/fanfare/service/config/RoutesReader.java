package dev.fanfare.service.config;

import dev.fanfare.events.Cursor;
import dev.fanfare.events.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads the list `routes`, whole from the highest layer that has any of it: a list cannot be half overridden.
///
/// A key is `routes.0.topics` or, for a list, `routes.0.topics.0`: one topic or template needs no list.
public final class RoutesReader {
    /// No cursor names more, so more topics than this never work.
    private static final int TOPICS_MAX = Cursor.TOPICS_MAX;

    private static final String PREFIX = "routes.";
    private static final Pattern KEY = Pattern.compile("routes\\.(\\d{1,4})\\.(topics|channels)(?:\\.(\\d{1,4}))?");
    private static final Pattern INDEX = Pattern.compile("routes\\.(\\d{1,4})(\\..*)?");

    private record Draft(SortedMap<Integer, String> topics, SortedMap<Integer, String> channels) {
        Draft() {
            this(new TreeMap<>(), new TreeMap<>());
        }

        Routing.Rule route() {
            return new Routing.Rule(List.copyOf(topics.values()), List.copyOf(channels.values()));
        }
    }

    private final Values values;

    public RoutesReader(Values values) {
        this.values = values;
    }

    public List<Routing.Rule> read() {
        values.expect("routes.0.topics");
        List<Routing.Rule> inForce = List.of();
        for (var layer : values.layers()) {
            var routes = read(layer);
            inForce = inForce.isEmpty() ? routes : inForce;
        }
        if (inForce.isEmpty()) {
            values.problem("routes: is missing: give at least one route with topics and channels, such as "
                    + "{topics: orders, channels: 'orders.{key}'} (environment variables FANFARE_ROUTES_0_TOPICS "
                    + "and FANFARE_ROUTES_0_CHANNELS)");
        }
        if (inForce.stream()
                        .flatMap(route -> route.topics().stream())
                        .distinct()
                        .count()
                > TOPICS_MAX) {
            values.problem("routes: more than %d topics are refused: a cursor names no more".formatted(TOPICS_MAX));
        }
        return inForce;
    }

    private List<Routing.Rule> read(Layer layer) {
        var drafts = new TreeMap<Integer, Draft>();
        for (var key : layer.keysUnder(PREFIX)) {
            var text = layer.find(key).map(Layer.Value::text).orElse("").strip();
            var parts = KEY.matcher(key);
            if (!parts.matches()) {
                values.problem("%s: unknown key from %s: did you mean %s?"
                        .formatted(key, layer.origin(key), layer.name(nearest(key))));
                continue;
            }
            var draft = drafts.computeIfAbsent(Integer.valueOf(parts.group(1)), absent -> new Draft());
            var topics = parts.group(2).equals("topics");
            var item = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
            (topics ? draft.topics() : draft.channels()).put(item, text);
            if (topics && !Topics.isLegal(text)) {
                refuse(layer, key, text, Topics.WANTED);
            }
        }
        drafts.forEach((index, draft) -> {
            draft.channels().forEach((item, template) -> checkTemplate(layer, keyOf(index, item), template, draft));
            needed(layer, PREFIX + index + ".topics", draft.topics());
            needed(layer, PREFIX + index + ".channels", draft.channels());
        });
        return drafts.values().stream().map(Draft::route).toList();
    }

    private void needed(Layer layer, String key, SortedMap<Integer, String> items) {
        if (items.isEmpty()) {
            values.problem("%s: is missing: each route needs at least one (%s)".formatted(key, layer.origin(key)));
        }
    }

    /// A template may be fine for one topic and not for another: `{topic}` becomes part of the name.
    private void checkTemplate(Layer layer, String key, String template, Draft draft) {
        var topics = draft.topics().values().stream().filter(Topics::isLegal).toList();
        try {
            if (!topics.isEmpty()) {
                Routing.of(List.of(new Routing.Rule(topics, List.of(template))));
            }
        } catch (IllegalArgumentException refused) {
            refuse(layer, key, template, String.valueOf(refused.getMessage()));
        }
    }

    private void refuse(Layer layer, String key, String text, String why) {
        values.problem("%s: %s from %s is refused: %s".formatted(key, Values.quoted(text), layer.origin(key), why));
    }

    private static String keyOf(int index, int item) {
        return PREFIX + index + ".channels" + (item < 0 ? "" : "." + item);
    }

    private static String nearest(String key) {
        var index = INDEX.matcher(key);
        var route = PREFIX + (index.matches() ? index.group(1) : "0");
        var candidates = new ArrayList<>(List.of(route + ".topics", route + ".channels"));
        return NearestKey.to(key, candidates).orElse(route + ".topics");
    }
}
