package dev.fanfare.service;

import java.util.ArrayDeque;
import java.util.Deque;

/// The running parts of an app, closed in the reverse order of their start. Not thread-safe.
public final class Lifecycle implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    public <T extends AutoCloseable> T open(T part) {
        parts.push(part);
        return part;
    }

    /// Closes all parts; the first failure is thrown, the later ones are suppressed in it.
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("stopping failed", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
