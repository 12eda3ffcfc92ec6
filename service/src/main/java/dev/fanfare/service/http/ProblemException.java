package dev.fanfare.service.http;

import java.util.Map;

/// A request that cannot be served, and why: becomes an RFC 9457 problem document before a stream starts, an `error`
/// event or message after. The detail names the field, the value and the fix; it may be shown to anybody.
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ProblemCode code;
    private final transient Map<String, String> headers;

    public ProblemException(ProblemCode code, String detail) {
        this(code, detail, Map.of());
    }

    /// @param headers sent with the answer, such as `Allow` or `Retry-After`
    public ProblemException(ProblemCode code, String detail, Map<String, String> headers) {
        super(detail, null, false, false);
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    public ProblemCode code() {
        return code;
    }

    /// The sentence that the client sees.
    public String detail() {
        return getMessage() == null ? code.title() : getMessage();
    }

    public Map<String, String> headers() {
        return headers;
    }
}
