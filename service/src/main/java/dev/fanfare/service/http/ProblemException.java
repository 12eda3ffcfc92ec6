package dev.fanfare.service.http;

import java.util.List;
import java.util.Map;

/// A request that cannot be served, and why: becomes an RFC 9457 problem document before a stream starts, an `error`
/// event or message after. The detail names the field, the value and the fix; it may be shown to anybody.
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ProblemCode code;
    private final transient Map<String, String> headers;
    private final transient List<FieldProblem> errors;

    public ProblemException(ProblemCode code, String detail) {
        this(code, detail, Map.of());
    }

    /// @param headers sent with the answer, such as `Allow` or `Retry-After`
    public ProblemException(ProblemCode code, String detail, Map<String, String> headers) {
        this(code, detail, headers, List.of());
    }

    /// @param errors all that is wrong, where it is more than the detail can say
    public ProblemException(ProblemCode code, String detail, List<FieldProblem> errors) {
        this(code, detail, Map.of(), errors);
    }

    private ProblemException(ProblemCode code, String detail, Map<String, String> headers, List<FieldProblem> errors) {
        super(detail, null, false, false);
        this.code = code;
        this.headers = Map.copyOf(headers);
        this.errors = List.copyOf(errors);
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

    public List<FieldProblem> errors() {
        return errors;
    }
}
