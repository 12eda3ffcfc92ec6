package dev.fanfare.gateway.session;

import dev.fanfare.gateway.channel.States;

/// What [Starts#keys] has found, for [Commanded#tellState].
public final class KnownKeys {
    private final States.Keys keys;

    KnownKeys(States.Keys keys) {
        this.keys = keys;
    }

    States.Keys keys() {
        return keys;
    }
}
