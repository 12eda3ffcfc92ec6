package dev.fanfare.gateway.transport;

import dev.fanfare.service.http.ProblemException;
import java.util.Optional;

/// Whether new clients may come now.
public interface Admission {
    /// Why not, if not.
    Optional<ProblemException> refusal();

    /// As [#refusal].
    ///
    /// @throws ProblemException why not, if not
    default void check() {
        refusal().ifPresent(problem -> {
            throw problem;
        });
    }

    /// A reconnection delay for one client, in milliseconds: longer while clients are sent away, never the same for
    /// all.
    long retryMillis();
}
