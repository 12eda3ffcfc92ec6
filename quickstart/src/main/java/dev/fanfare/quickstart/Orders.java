package dev.fanfare.quickstart;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A shop's orders on their way: placed, paid, packed, shipped, delivered; one in ten is cancelled before it is
/// packed.
/// At most [#OPEN_MAX] are open at a time.
final class Orders {
    static final int OPEN_MAX = 20;

    private static final List<String> CUSTOMERS = List.of(
            "Ada Okafor",
            "Bruno Keller",
            "Chiara Conti",
            "Dmitri Volkov",
            "Elif Demir",
            "Farid Haddad",
            "Grace Kim",
            "Hugo Martin",
            "Ines Costa",
            "Jonas Berg",
            "Keiko Tanaka",
            "Liam Walsh");
    private static final List<Product> PRODUCTS = List.of(
            new Product("TEA-12", "Earl Grey, 100 g", 490),
            new Product("CUP-03", "Stoneware cup", 1450),
            new Product("POT-01", "Cast-iron teapot", 5900),
            new Product("HON-07", "Chestnut honey, 250 g", 780),
            new Product("BIS-20", "Almond biscuits", 395),
            new Product("TIN-05", "Tea tin", 1120));

    enum Status {
        PLACED,
        PAID,
        PACKED,
        SHIPPED,
        DELIVERED,
        CANCELLED;

        Status next() {
            return switch (this) {
                case PLACED -> PAID;
                case PAID -> PACKED;
                case PACKED -> SHIPPED;
                case SHIPPED, DELIVERED -> DELIVERED;
                case CANCELLED -> CANCELLED;
            };
        }

        boolean isLast() {
            return this == DELIVERED || this == CANCELLED;
        }
    }

    private record Product(String sku, String name, int cents) {}

    private record Order(String number, String customer, String items, int cents, Status status, int sequence) {
        Order at(Status next) {
            return new Order(number, customer, items, cents, next, sequence + 1);
        }
    }

    private final RandomGenerator random;
    private final Clock clock;
    private final List<Order> open = new ArrayList<>();
    private long last;

    Orders(RandomGenerator random, Clock clock) {
        this.random = random;
        this.clock = clock;
    }

    DemoEvent next() {
        boolean place = open.isEmpty() || (open.size() < OPEN_MAX && random.nextInt(4) == 0);
        return event(place ? place() : advance(random.nextInt(open.size())));
    }

    private Order place() {
        var items = new ArrayList<String>();
        int cents = 0;
        for (int left = 1 + random.nextInt(3), first = random.nextInt(PRODUCTS.size()); left > 0; left--) {
            var product = PRODUCTS.get((first + left) % PRODUCTS.size());
            int quantity = 1 + random.nextInt(3);
            cents += quantity * product.cents();
            items.add("{\"sku\":\"%s\",\"name\":\"%s\",\"quantity\":%d,\"price\":%s}"
                    .formatted(product.sku(), product.name(), quantity, money(product.cents())));
        }
        var customer = CUSTOMERS.get(random.nextInt(CUSTOMERS.size()));
        var order = new Order(number(), customer, String.join(",", items), cents, Status.PLACED, 1);
        open.add(order);
        return order;
    }

    /// Never used twice within the topic's retention, without anything to remember: half-seconds, six digits of them.
    private String number() {
        last = Math.max(last + 1, clock.millis() / 500);
        return "%06d".formatted(last % 1_000_000);
    }

    private Order advance(int index) {
        var order = open.get(index);
        boolean cancel = order.status().compareTo(Status.PACKED) < 0 && random.nextInt(20) == 0;
        var moved = order.at(cancel ? Status.CANCELLED : order.status().next());
        if (moved.status().isLast()) {
            open.remove(index);
        } else {
            open.set(index, moved);
        }
        return moved;
    }

    private DemoEvent event(Order order) {
        var status = order.status().name().toLowerCase(Locale.ROOT);
        var json = """
                {"order":"%s","status":"%s","customer":"%s","items":[%s],"total":%s,"currency":"EUR","sequence":%d}\
                """.formatted(
                order.number(), status, order.customer(), order.items(), money(order.cents()), order.sequence());
        return new DemoEvent(
                "orders", Optional.of(order.number()), order.number() + "-" + status, "order." + status, json);
    }

    private static String money(int cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
    }
}
