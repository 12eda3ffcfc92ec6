package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// From a Kafka record to a client, beside a consumer that reads the same topic at the same time.
record EndToEnd() implements Row {
    private static final String CONSUMER = "consumer";
    private static final int SESSIONS = 1000;
    private static final double EVENTS = 20;

    @Override
    public String name() {
        return "latency-many";
    }

    @Override
    public String about() {
        return "from a Kafka record to its client, beside a bare consumer: 1,000 channels of 1 session, 20 events/s";
    }

    @Override
    public List<Line> measure(Ground ground) throws InterruptedException {
        int sessions = ground.scaled(SESSIONS);
        var load = Load.fanout(
                Transport.SSE,
                sessions,
                sessions,
                EVENTS,
                ground.warmUp(),
                ground.window().multipliedBy(2));
        var gateway = ground.contenders().stream()
                .filter(Gateway.class::isInstance)
                .map(Gateway.class::cast)
                .findFirst();
        return gateway.isEmpty() ? List.of() : measure(ground, gateway.get(), load);
    }

    private List<Line> measure(Ground ground, Gateway gateway, Load load) throws InterruptedException {
        ground.warm(gateway, load);
        var through = new ArrayList<Figures>();
        var directP50 = new ArrayList<Double>();
        var directP99 = new ArrayList<Double>();
        for (int window = 0; window < ground.windows(); window++) {
            try (var direct = DirectReader.start(gateway.kafka(), load.warmUp())) {
                through.add(ground.run(gateway, load));
                var latency = direct.stop();
                directP50.add(latency.getValueAtPercentile(50) / 1e3);
                directP99.add(latency.getValueAtPercentile(99) / 1e3);
            }
        }
        return List.of(line(gateway, through, Metric.P50, directP50), line(gateway, through, Metric.P99, directP99));
    }

    private Line line(Gateway gateway, List<Figures> through, Metric metric, List<Double> direct) {
        var valid = through.stream().filter(Figures::valid).toList();
        var cells = new LinkedHashMap<String, Cell>();
        cells.put(
                gateway.name(),
                valid.isEmpty()
                        ? Cell.none("not kept up")
                        : Cell.of(valid.stream()
                                .map(metric.value()::applyAsDouble)
                                .toList()));
        cells.put(CONSUMER, Cell.of(direct));
        return new Line(
                name(),
                "Kafka record to client, 1,000 channels of 1 session, 20 events/s: " + metric.title(),
                metric.unit(),
                metric.moreIsBetter(),
                cells);
    }
}
