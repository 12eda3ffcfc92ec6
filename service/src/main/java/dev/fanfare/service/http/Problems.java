package dev.fanfare.service.http;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Problems as RFC 9457 documents: what a client gets where no stream has started.
///
/// ```json
/// {"type":"about:blank#no-key","title":"No key","status":422,"detail":"…","code":"no-key","requestId":"3f0c…"}
/// ```
///
/// A body with several faults has them in `errors`, each with `field` and `detail`.
public final class Problems {
    /// RFC 9457 §3.
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonFactory JSON = new JsonFactory();

    private Problems() {}

    /// The document as UTF-8.
    ///
    /// @param requestId the `X-Request-Id` of the same answer, so that who reports the body alone can be helped
    public static byte[] render(ProblemException problem, String requestId) {
        return render(problem.code(), problem.code().status(), problem.detail(), problem.errors(), requestId);
    }

    /// For an answer whose status is not the code's own: what the HTTP server itself refuses.
    public static byte[] render(ProblemCode code, int status, String detail, String requestId) {
        return render(code, status, detail, List.of(), requestId);
    }

    private static byte[] render(
            ProblemCode code, int status, String detail, List<FieldProblem> errors, String requestId) {
        var bytes = new ByteArrayOutputStream(256);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("type", "about:blank#" + code.code());
            json.writeStringField("title", code.title());
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
            json.writeStringField("code", code.code());
            json.writeStringField("requestId", requestId);
            if (!errors.isEmpty()) {
                json.writeArrayFieldStart("errors"); // an extension, as in RFC 9457 §3.2's example
                for (var error : errors) {
                    json.writeStartObject();
                    json.writeStringField("field", error.field());
                    json.writeStringField("detail", error.detail());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // an array does not fail
        }
        return bytes.toByteArray();
    }
}
