package dev.fanfare.webhook.app;

import dev.fanfare.service.http.BodyFraming;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.api.Api;
import dev.fanfare.webhook.api.ApiCode;
import dev.fanfare.webhook.api.ApiSettings;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.observe.Metrics;
import dev.fanfare.webhook.page.Pages;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import java.net.InetSocketAddress;
import java.time.Duration;

/// The HTTP side: the management API, the pages, health and metrics.
final class HttpServer {
    private HttpServer() {}

    static WebServer build(WebhookSettings settings, Api api, HealthObserver health, Metrics metrics) {
        var routing = HttpRouting.builder();
        routing.error(ProblemException.class, HttpProblems::handle);
        routing.addFilter(new BodyFraming(ApiCode.MALFORMED_REQUEST));
        api.register(routing);
        new Pages(settings.portal()).register(routing);
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
                .shutdownGracePeriod(Duration.ofMillis(500))
                .shutdownHook(false)
                .maxPayloadSize(4L * ApiSettings.BODY_MAX)
                .directHandlers(HttpProblems.direct(ApiCode::of))
                .routing(routing)
                .build();
    }
}
