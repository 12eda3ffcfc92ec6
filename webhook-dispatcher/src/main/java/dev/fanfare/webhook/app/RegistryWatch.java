package dev.fanfare.webhook.app;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.dispatch.Dispatcher;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.ingest.Freshness;
import dev.fanfare.webhook.lane.Lanes;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Failure;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps this node's registry up to date, and tells who acts on changes. Every node looks each second.
///
/// Threads: one of its own; any may [#refresh].
final class RegistryWatch implements Freshness, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RegistryWatch.class.getName());
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final EndpointStore store;
    private final Registry registry;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("registry").daemon().unstarted(this::run);
    private volatile @Nullable Lanes lanes;
    private volatile @Nullable Dispatcher dispatcher;

    RegistryWatch(EndpointStore store, Registry registry) {
        this.store = store;
        this.registry = registry;
    }

    /// From now on these are told.
    void start(Lanes all, Dispatcher calls) {
        lanes = all;
        dispatcher = calls;
        thread.start();
    }

    @Override
    public long refresh() {
        return store.sync(registry, changes -> {
            var all = lanes;
            if (all != null) {
                changes.changed().forEach(all::update);
                changes.deleted().forEach(this::forget);
            }
        });
    }

    private void forget(EndpointId endpoint) {
        var all = lanes;
        var calls = dispatcher;
        if (all != null && calls != null) {
            all.remove(endpoint);
            calls.forget(endpoint);
        }
    }

    private void run() {
        boolean away = false;
        try {
            while (!closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    refresh();
                    away = false;
                } catch (RuntimeException storeAway) {
                    if (!away) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "changes of endpoints are not seen: " + Failure.state(storeAway));
                    }
                    away = true;
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    @Override
    public void close() {
        closing.countDown(); // no interrupt: see Database
    }
}
