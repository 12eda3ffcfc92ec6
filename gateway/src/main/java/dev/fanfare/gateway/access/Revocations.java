package dev.fanfare.gateway.access;

import dev.fanfare.service.access.Token;

/// Tokens that were taken back. Thread-safe.
public interface Revocations {
    /// Where none are.
    Revocations NONE = new Revocations() {
        @Override
        public boolean isRevoked(Token token) {
            return false;
        }

        @Override
        public long version() {
            return 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void onChange(Runnable run) {}
    };

    boolean isRevoked(Token token);

    /// Another number whenever an answer may have become another.
    long version();

    /// Whether all that were there at start are known.
    boolean isReady();

    /// Has this run soon after each change, instead of what was to be run before. It must not block.
    void onChange(Runnable run);
}
