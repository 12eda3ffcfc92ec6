package dev.fanfare.webhook.api;

import static java.lang.System.Logger.Level.DEBUG;

import dev.fanfare.webhook.ingest.Freshness;

/// Has this node see a change at once. The change is committed: if that fails, the node sees it at its next look.
record Refresh(Freshness freshness) implements Runnable {
    private static final System.Logger LOG = System.getLogger(Refresh.class.getName());

    @Override
    public void run() {
        try {
            freshness.refresh();
        } catch (RuntimeException later) {
            LOG.log(DEBUG, "the registry is not up to date yet", later);
        }
    }
}
