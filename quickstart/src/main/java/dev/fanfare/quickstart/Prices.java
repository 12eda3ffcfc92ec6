package dev.fanfare.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// A dozen invented shares whose prices wander by up to half a percent at a time, drawn back to where they began.
final class Prices {
    private static final double STEP = 0.005;
    private static final double PULL = 0.002;

    private record Share(String symbol, String name, double start) {}

    private static final List<Share> SHARES = List.of(
            new Share("ACME", "Acme Works", 131.20),
            new Share("BOLT", "Bolt & Nut", 18.45),
            new Share("CORA", "Coral Shipping", 64.10),
            new Share("DELT", "Delta Mills", 9.87),
            new Share("EWIN", "East Wind Power", 42.30),
            new Share("FERN", "Fernwood Paper", 27.75),
            new Share("GLAS", "Glasswerk", 83.00),
            new Share("HELI", "Helio Optics", 210.60),
            new Share("IRON", "Ironbridge", 55.55),
            new Share("JUNO", "Juno Foods", 36.90),
            new Share("KITE", "Kite Air", 12.05),
            new Share("LUMA", "Luma Lamps", 74.40));

    private final RandomGenerator random;
    private final List<Double> prices =
            new ArrayList<>(SHARES.stream().map(Share::start).toList());
    private final int[] sequences = new int[SHARES.size()];

    Prices(RandomGenerator random) {
        this.random = random;
    }

    DemoEvent next() {
        int index = random.nextInt(SHARES.size());
        var share = SHARES.get(index);
        double before = prices.get(index);
        double pull = PULL * (share.start() / before - 1);
        double price = Math.max(0.01, before * (1 + pull + STEP * (2 * random.nextDouble() - 1)));
        prices.set(index, price);
        var json = String.format(
                Locale.ROOT,
                "{\"symbol\":\"%s\",\"name\":\"%s\",\"price\":%.2f,\"change\":%.2f,\"currency\":\"EUR\",\"sequence\":%d}",
                share.symbol(),
                share.name(),
                price,
                price - before,
                ++sequences[index]);
        var id = new UUID(random.nextLong(), random.nextLong()).toString();
        return new DemoEvent("prices", Optional.of(share.symbol()), id, "price.changed", json);
    }
}
