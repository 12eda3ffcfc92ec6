package dev.fanfare.webhook.e2e;

import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/// A dispatcher in this process, on a database that outlives it.
final class TestDispatcher implements AutoCloseable {
    private final Setup setup;
    private WebhookDispatcher running;

    private TestDispatcher(Setup setup) {
        this.setup = setup;
        this.running = WebhookDispatcher.start(setup.settings());
    }

    static TestDispatcher start(Path dir, String servers, String topic) {
        return start(Setup.of(dir, servers, topic));
    }

    static TestDispatcher start(Setup setup) {
        return new TestDispatcher(setup);
    }

    Setup.Created endpoint(URI url, UnaryOperator<EndpointSettings> settings) {
        return setup.endpoint(url, settings);
    }

    /// With another schedule.
    static UnaryOperator<EndpointSettings> retrying(Duration... delays) {
        var draft = Draft.retrying(0, Duration.ZERO);
        return new Draft(
                        List.of(delays),
                        draft.timeout(),
                        draft.concurrency(),
                        draft.ordering(),
                        draft.ttl(),
                        draft.conflate(),
                        draft.channels())
                .settings();
    }

    void restart() {
        running.close();
        running = WebhookDispatcher.start(setup.settings());
    }

    int port() {
        return running.port();
    }

    ApiClient api() {
        return new ApiClient(running.port());
    }

    Observed observed() {
        return new Observed(running.port());
    }

    @Override
    public void close() {
        running.close();
    }
}
