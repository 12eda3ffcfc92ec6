package dev.fanfare.load.watch;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLContext;

/// What of the server is looked at.
///
/// @param probe its process on this machine
/// @param metrics what it says of itself
public record Watched(Optional<Probe> probe, Optional<Metrics> metrics) {
    public static final Watched NOTHING = new Watched(Optional.empty(), Optional.empty());

    /// Where a server tells of itself.
    ///
    /// @param url of the Prometheus text format
    /// @param prefix of the names that are reported
    /// @param tls of `https`
    public record Metrics(URI url, String prefix, SSLContext tls) {}

    /// A process by its number, if there is one.
    public static Watched process(OptionalLong id) {
        return id.isPresent() ? of(Probe.process(id.getAsLong())) : NOTHING;
    }

    public static Watched of(Probe probe) {
        return new Watched(Optional.of(probe), Optional.empty());
    }
}
