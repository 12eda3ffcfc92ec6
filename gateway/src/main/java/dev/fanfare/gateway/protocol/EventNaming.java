package dev.fanfare.gateway.protocol;

/// What the `event:` line of an SSE block says. Without one a browser's plain `onmessage` gets everything.
public enum EventNaming {
    NONE,
    TYPE,
    CHANNEL
}
