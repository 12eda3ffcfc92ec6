package dev.fanfare.gateway.listener;

import io.helidon.common.context.Context;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import java.util.concurrent.ExecutorService;

/// What all connections of a listener share, as Helidon asks for it.
///
/// @param executor of HTTP/2's streams
record Surroundings(
        WebServerConfig config,
        Context context,
        MediaContext mediaContext,
        ContentEncodingContext contentEncodingContext,
        DirectHandlers directHandlers,
        ExecutorService executor)
        implements ListenerContext {

    static Surroundings of(WebServerConfig config, ExecutorService executor) {
        return new Surroundings(
                config,
                Context.builder().id("listener").build(),
                config.mediaContext().orElseGet(MediaContext::create),
                config.contentEncoding().orElseGet(ContentEncodingContext::create),
                config.directHandlers().orElseGet(DirectHandlers::create),
                executor);
    }
}
