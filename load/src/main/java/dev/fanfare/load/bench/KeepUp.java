package dev.fanfare.load.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The most deliveries per second that a server keeps up: all checks passed, none of what was asked for late for good,
/// and 99 of 100 deliveries within a time. The servers search in turn.
///
/// @param load at the first rate
/// @param p99Max in milliseconds
/// @param single each event in a write of its own
record KeepUp(String name, String about, Function<Ground, Load> load, double p99Max, boolean single) implements Row {
    @Override
    public List<Line> measure(Ground ground) throws InterruptedException {
        var first = load.apply(ground);
        var searches = new LinkedHashMap<Contender, Search>();
        for (var contender : ground.contenders()) {
            if (contender.refuses(first).isEmpty()) {
                variant(contender).ifPresent(one -> searches.put(one, new Search(ground.windows(), ground.steps())));
            }
        }
        boolean over = false;
        while (!over) {
            over = true;
            for (var entry : searches.entrySet()) {
                if (!entry.getValue().isOver() && !ground.isBroken(entry.getKey())) {
                    step(ground, entry.getKey(), entry.getValue(), first);
                    over = false;
                }
            }
        }
        var cells = new LinkedHashMap<String, Cell>();
        for (var contender : ground.contenders()) {
            cells.put(contender.name(), cell(ground, contender, first, searches));
        }
        var title = "%s, p99 < %.0f ms".formatted(about, p99Max);
        return List.of(new Line(name, title, "deliveries/s", true, cells));
    }

    private void step(Ground ground, Contender contender, Search search, Load first) throws InterruptedException {
        int rung = search.next();
        var figures = ground.run(contender, first.at(first.perSecond() * Search.factor(rung)));
        search.tell(rung, figures.keptUp() && figures.p99() < p99Max, figures.perSecond());
    }

    private Cell cell(Ground ground, Contender contender, Load first, Map<Contender, Search> searches) {
        var search = variant(contender).map(searches::get);
        if (variant(contender).filter(ground::isBroken).isPresent()) {
            return Cell.none("failed");
        }
        if (search.isEmpty()) {
            return Cell.none(contender.refuses(first).orElse("–"));
        }
        var values = search.get().values();
        return values.isEmpty()
                ? Cell.none(String.format(Locale.ROOT, "less than %,.0f", first.deliveriesPerSecond() / 32))
                : Cell.of(values);
    }

    private Optional<Contender> variant(Contender contender) {
        return single ? contender.single() : Optional.of(contender);
    }
}
