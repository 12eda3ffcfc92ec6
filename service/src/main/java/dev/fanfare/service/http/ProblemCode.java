package dev.fanfare.service.http;

/// What went wrong, by a stable name that clients may rely on. Each app has an enum of its own, listed in its
/// protocol's document.
public interface ProblemCode {
    /// The HTTP status that an answer with this code has.
    int status();

    /// A short summary for people, the same for every problem of this kind (RFC 9457 §3.1.3).
    String title();

    /// As it goes over the wire: `unknown-parameter`.
    String code();
}
