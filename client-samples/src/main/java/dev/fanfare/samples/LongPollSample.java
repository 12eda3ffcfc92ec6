package dev.fanfare.samples;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Long-polls with the JDK's HTTP client, and Jackson: prints each event in a line. Arguments: [URL] [CHANNEL].
final class LongPollSample {
    private static final int WAIT_SECONDS = 20;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private String cursor = "";
    private int failures;

    LongPollSample(String url, String channel) {
        this.url = url + "/v1/events?format=json&channel=" + URLEncoder.encode(channel, StandardCharsets.UTF_8);
    }

    /// Runs without end. Whatever breaks, it goes on after the last cursor. What the gateway refuses for
    /// good is thrown.
    void run() throws InterruptedException {
        while (true) {
            long delayMillis = ThreadLocalRandom.current().nextLong(Math.min(20_000, 500L << failures));
            failures = Math.min(failures + 1, 10);
            try {
                var answer = http.send(request(), BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    take(answer.body());
                    continue;
                }
                if (answer.statusCode() / 100 == 4 && answer.statusCode() != TOO_MANY_REQUESTS) {
                    throw new IllegalStateException("refused: " + answer.statusCode() + " " + answer.body());
                }
                System.err.println("not now: " + answer.statusCode());
                delayMillis += retryAfterMillis(answer);
            } catch (IOException away) {
                System.err.println("not connected: " + away);
            }
            Thread.sleep(delayMillis);
        }
    }

    private HttpRequest request() {
        var where = cursor.isEmpty() ? "&wait=0" : "&wait=" + WAIT_SECONDS + "&cursor=" + cursor;
        return HttpRequest.newBuilder(URI.create(url + where))
                .header("Accept", "application/json")
                .timeout(Duration.ofSeconds(2 * WAIT_SECONDS)) // nothing for so long: the connection is dead
                .build();
    }

    private static long retryAfterMillis(HttpResponse<String> answer) {
        return 1000 * answer.headers().firstValueAsLong("Retry-After").orElse(0);
    }

    private void take(String text) throws IOException {
        var answer = JSON.readTree(text);
        if (cursor.isEmpty()) {
            System.err.println("live");
        }
        for (var gap : answer.path("gaps")) { // here an app reads its state anew
            System.out.println("gap: " + gap.get("reason").asText() + ", " + gap);
        }
        for (var event : answer.get("events")) {
            System.out.println(event.get("channel").asText() + " " + event.get("data"));
        }
        cursor = answer.get("cursor").asText();
        failures = 0;
    }

    public static void main(String[] args) throws InterruptedException {
        new LongPollSample(args.length > 0 ? args[0] : "http://localhost:8080", args.length > 1 ? args[1] : "orders.*")
                .run();
    }
}
