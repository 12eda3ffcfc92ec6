package dev.fanfare.webhook.app;

import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.api.Api;
import dev.fanfare.webhook.api.ApiCode;
import dev.fanfare.webhook.api.ApiSettings;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.observe.Metrics;
import io.helidon.http.Method;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// The HTTP side: the management API, health and metrics.
final class HttpServer {
    private HttpServer() {}

    static WebServer build(WebhookSettings settings, Api api, HealthObserver health, Metrics metrics) {
        var routing = HttpRouting.builder();
        routing.addFilter((chain, request, response) -> {
            HttpProblems.requestId(request, response);
            chain.proceed();
        });
        api.register(routing);
        HttpProblems.only(routing, ApiCode.METHOD_NOT_ALLOWED, "/metrics", Method.GET);
        for (var check : List.of("/health", "/health/live", "/health/ready", "/health/started")) {
            HttpProblems.only(routing, ApiCode.METHOD_NOT_ALLOWED, check, Method.GET, Method.HEAD);
        }
        routing.error(ProblemException.class, HttpProblems::handle);
        return WebServer.builder()
                .featuresDiscoverServices(false)
                .addFeature(ObserveFeature.builder()
                        .endpoint("/")
                        .observersDiscoverServices(false)
                        .addObserver(health)
                        .addObserver(metrics.observer())
                        .build())
                .bindAddress(new InetSocketAddress(
                        settings.server().host(), settings.server().port()))
                .maxPayloadSize(4L * ApiSettings.BODY_MAX) // Helidon holds a whole chunk of any size
                .directHandlers(HttpProblems.direct(ApiCode::of))
                .shutdownGracePeriod(Duration.ofMillis(500))
                .shutdownHook(false)
                .routing(routing)
                .build();
    }
}
