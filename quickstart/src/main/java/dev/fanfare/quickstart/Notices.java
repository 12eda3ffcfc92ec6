package dev.fanfare.quickstart;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// What a shop tells everybody, now and then.
final class Notices {
    private static final List<String> TEXTS = List.of(
            "Deliveries to the islands leave on Thursdays from now on.",
            "Stoneware cups are back in stock.",
            "The warehouse closes at 18:00 today.",
            "Cards and bank transfers work again after this morning's interruption.",
            "Orders placed before 14:00 are packed the same day.",
            "The autumn harvest of Earl Grey has arrived.",
            "Customer service is closed on Monday, a public holiday.");

    private final RandomGenerator random;
    private int next;
    private int sequence;

    Notices(RandomGenerator random) {
        this.random = random;
        this.next = random.nextInt(TEXTS.size());
    }

    DemoEvent next() {
        next = (next + 1) % TEXTS.size();
        var level = random.nextInt(4) == 0 ? "important" : "info";
        var json = "{\"level\":\"%s\",\"text\":\"%s\",\"sequence\":%d}".formatted(level, TEXTS.get(next), ++sequence);
        var id = new UUID(random.nextLong(), random.nextLong()).toString();
        return new DemoEvent("notices", Optional.empty(), id, "notice", json);
    }
}
