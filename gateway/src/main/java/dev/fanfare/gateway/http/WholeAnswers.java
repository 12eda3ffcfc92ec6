package dev.fanfare.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Gathers answers that are written piece by piece, as Helidon's of health are, where the connection ends with them:
/// with a length they need no chunks, which whoever speaks HTTP/1.0 does not know.
public final class WholeAnswers implements Filter {
    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (request.headers().contains(HeaderNames.CONNECTION)
                && request.headers().get(HeaderNames.CONNECTION).get().equals("close")) {
            response.streamFilter(Gathered::new);
        }
        chain.proceed();
    }

    /// Writes everything at once, when it is closed.
    private static final class Gathered extends ByteArrayOutputStream {
        private final OutputStream out;

        Gathered(OutputStream out) {
            this.out = out;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                writeTo(out);
            }
        }
    }
}
