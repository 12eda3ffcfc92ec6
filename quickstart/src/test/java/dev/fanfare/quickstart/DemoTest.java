package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.quickstart.Orders.Status;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DemoTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    private final long seed = Long.getLong("fanfare.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    DemoTest() {
        System.out.println("seed: " + seed);
    }

    @Test
    void everyOrderWalksFromPlacedToDeliveredOrIsCancelledBeforeItIsPacked() throws Exception {
        var orders = new Orders(random, NOON);
        var walks = new HashMap<String, List<Status>>();
        var ids = new HashSet<String>();
        for (int i = 0; i < 5000; i++) {
            var event = orders.next();
            var data = json(event);
            var status = Status.valueOf(data.get("status").asText().toUpperCase(Locale.ROOT));
            assertThat(event.key()).contains(data.get("order").asText());
            assertThat(event.type()).isEqualTo("order." + data.get("status").asText());
            assertThat(ids.add(event.id())).as(event.id()).isTrue();
            assertThat(data.get("total").decimalValue()).isEqualByComparingTo(sum(data));
            walks.computeIfAbsent(data.get("order").asText(), number -> new ArrayList<>())
                    .add(status);
        }
        var whole = List.of(Status.PLACED, Status.PAID, Status.PACKED, Status.SHIPPED, Status.DELIVERED);
        assertThat(walks.values()).allSatisfy(walk -> {
            var steps = walk.getLast() == Status.CANCELLED ? walk.subList(0, walk.size() - 1) : walk;
            assertThat(steps).isEqualTo(whole.subList(0, steps.size()));
            assertThat(walk.getLast() == Status.CANCELLED && steps.size() > 2).isFalse();
        });
        assertThat(walks.values()).contains(whole).anyMatch(walk -> walk.contains(Status.CANCELLED));
        assertThat(walks.values().stream()
                        .filter(walk -> !walk.getLast().isLast())
                        .count())
                .isLessThanOrEqualTo(Orders.OPEN_MAX);
    }

    @Test
    void pricesWanderButStayPrices() throws Exception {
        var prices = new Prices(random);
        var first = new HashMap<String, Double>();
        for (int i = 0; i < 20_000; i++) {
            var data = json(prices.next());
            double price = data.get("price").asDouble();
            double began = first.computeIfAbsent(data.get("symbol").asText(), symbol -> price);
            assertThat(price).isBetween(began / 5, began * 5);
        }
        assertThat(first).hasSize(12);
    }

    @Test
    void eventsOfAKeyAreNumberedFromOneOn() throws Exception {
        var orders = new Orders(random, NOON);
        var prices = new Prices(random);
        var notices = new Notices(random);
        var last = new HashMap<String, Integer>();
        for (int i = 0; i < 1000; i++) {
            for (var event : List.of(orders.next(), prices.next(), notices.next())) {
                var channel = event.topic() + event.key();
                assertThat(json(event).get("sequence").asInt())
                        .as(channel)
                        .isEqualTo(last.merge(channel, 1, Integer::sum));
            }
        }
    }

    @Test
    void anEventIsACloudEventInBinaryMode() throws Exception {
        var event = new Notices(random).next();
        assertThat(json(event).get("text").asText()).isNotBlank();

        var plain = new DemoEvent("orders", Optional.of("42"), "42-paid", "order.paid", "{}").at(NOON.instant());

        Map<String, String> headers = new HashMap<>();
        plain.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(headers)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "42-paid",
                        "ce_source", "/fanfare/demo/orders",
                        "ce_type", "dev.fanfare.demo.order.paid",
                        "ce_subject", "42",
                        "ce_time", "2026-11-21T12:00:00Z",
                        "content-type", "application/json"));
        assertThat(plain.key()).isEqualTo("42".getBytes(StandardCharsets.UTF_8));
    }

    private static BigDecimal sum(JsonNode order) {
        var sum = BigDecimal.ZERO;
        for (var item : order.get("items")) {
            sum = sum.add(item.get("price")
                    .decimalValue()
                    .multiply(item.get("quantity").decimalValue()));
        }
        return sum;
    }

    private static JsonNode json(DemoEvent event) throws Exception {
        return new ObjectMapper().readTree(event.json());
    }
}
