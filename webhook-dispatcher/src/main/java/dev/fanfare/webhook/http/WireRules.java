package dev.fanfare.webhook.http;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/// Stands between the client and the connection, once a try.
final class WireRules implements Interceptor {
    /// Before a byte leaves, makes sure that the connection still stands. Then hides `Retry-After` from the client,
    /// which would send again at once for a 0, and fail for a number that is no int; [CallTrace#head] has it.
    @Override
    public Response intercept(Chain chain) throws IOException {
        var connection = chain.connection();
        var trace = CallTrace.CURRENT.get();
        if (connection != null && trace.isSuspect(connection) && IdleConnections.isClosed(connection.socket())) {
            throw new IOException("the connection was closed while it was idle");
        }
        var response = chain.proceed(chain.request());
        return response.header("Retry-After") == null
                ? response
                : response.newBuilder().removeHeader("Retry-After").build();
    }
}
