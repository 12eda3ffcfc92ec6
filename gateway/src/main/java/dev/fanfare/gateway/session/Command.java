package dev.fanfare.gateway.session;

/// Something to be done by a session's drain, between two writes.
public interface Command {
    void run(Commanded session);
}
