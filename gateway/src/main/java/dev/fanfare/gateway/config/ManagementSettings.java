package dev.fanfare.gateway.config;

import java.util.Optional;

/// The port for operators: the management API and the console. Off unless configured.
///
/// @param enabled whether it listens
/// @param host address to bind
/// @param port TCP port, 0 for any free one
/// @param token that is good for everything there; none: only tokens of issuers are
/// @param recordOneIn of so many events one is recorded in all sessions; 0: none
public record ManagementSettings(boolean enabled, String host, int port, Optional<String> token, int recordOneIn) {
    public static final ManagementSettings DEFAULT =
            new ManagementSettings(false, "127.0.0.1", 8081, Optional.empty(), 0);

    /// Everything but the token.
    @Override
    public String toString() {
        return "ManagementSettings[enabled=%s, host=%s, port=%s, token=%s, recordOneIn=%d]"
                .formatted(enabled, host, port, token.isPresent() ? "***" : "none", recordOneIn);
    }
}
