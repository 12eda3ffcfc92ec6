package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class ServerFiguresTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void sayWhatTheProcessTakesAndWhatAConnectionDoes() throws Exception {
        var run =
                Ran.fanout("--server-pid", Long.toString(ProcessHandle.current().pid()));
        assertThat(run.status()).as(run.out()).isZero();
        var server = run.json().get("server");
        assertThat(server.get("cpuSeconds").asDouble()).isPositive();
        assertThat(server.get("cpuSecondsPerMillion").asDouble())
                .isEqualTo(server.get("cpuSeconds").asDouble() / (3 * 100) * 1e6);
        assertThat(server.get("rssBeforeKb").asLong()).isPositive();
        assertThat(server.get("rssEndKb").asLong()).isPositive();
        assertThat(server.get("bytesPerConnection").asDouble())
                .isEqualTo((server.get("rssOpenKb").asLong()
                                - server.get("rssBeforeKb").asLong())
                        * 1024
                        / 3.0);
        assertThat(run.out()).contains("MB with all sessions open").contains(" bytes per connection");
    }

    @Test
    void areReadEachSecondFromWhatTheServerSays() throws Exception {
        var asked = new AtomicInteger();
        var metrics = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        metrics.createContext("/metrics", exchange -> {
            int count = asked.incrementAndGet();
            var body = "fanfare_asked_total %d%nfanfare_level{a=\"1\"} %d%nfanfare_level{a=\"2\"} 1%nother 1%n"
                    .formatted(count, 10 - count)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (exchange) {
                exchange.getResponseBody().write(body);
            }
        });
        metrics.start();
        try {
            var run = Ran.fanout(
                    "--duration",
                    "2s",
                    "--server-metrics",
                    url(metrics.getAddress().getPort()));
            assertThat(run.status()).as(run.out()).isZero();
            var server = run.json().get("server");
            assertThat(server.get("metricsFailures").asInt()).isZero();
            assertThat(server.get("metricsAnswers").asInt()).isPositive();
            var counter = server.get("metrics").get("fanfare_asked_total");
            assertThat(counter.get("to").asInt())
                    .isGreaterThan(counter.get("from").asInt());
            var gauge = server.get("metrics").get("fanfare_level");
            assertThat(gauge.get("max").asDouble())
                    .isEqualTo(11 - counter.get("from").asInt());
            assertThat(gauge.get("to").asDouble())
                    .isEqualTo(11 - counter.get("to").asInt());
            assertThat(server.get("metrics").has("other")).isFalse();
            assertThat(run.out()).contains("fanfare_asked_total").contains("+");
        } finally {
            metrics.stop(0);
        }
    }

    @Test
    void areMissedWithoutHarmAndSaidOnce() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var run = Ran.fanout("--server-metrics", url(silent.getLocalPort()));
            assertThat(run.status()).as(run.out()).isZero();
            assertThat(run.json().get("server").get("metricsAnswers").asInt()).isZero();
            assertThat(run.json().get("server").get("metricsFailures").asInt()).isPositive();
            assertThat(run.err()).containsOnlyOnce("no answer within 1 s; the run goes on");
        }
        var refused = Ran.fanout("--server-metrics", "http://127.0.0.1:1/metrics");
        assertThat(refused.status()).as(refused.out()).isZero();
        assertThat(refused.err()).containsOnlyOnce("the run goes on");
        assertThat(Ran.of(List.of("fanout", "--publisher", "none", "--server-metrics", "localhost:1"))
                        .err())
                .contains("--server-metrics 'localhost:1' is no URL: use");
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port + "/metrics";
    }
}
