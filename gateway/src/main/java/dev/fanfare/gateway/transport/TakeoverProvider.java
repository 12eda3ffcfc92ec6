package dev.fanfare.gateway.transport;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/// Found by Helidon as a service: makes a [Takeover] of a response.
public final class TakeoverProvider implements SinkProvider<byte[]> {
    @Override
    public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
        return type.equals(Takeover.TYPE);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the interface has it
    public <X extends Sink<byte[]>> X create(SinkProviderContext context) {
        if (!(context.connectionContext() instanceof ClientConnection connection)) {
            throw new IllegalStateException("the listener has no takeover selector");
        }
        return (X) new Takeover(connection, context.closeRunnable());
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "TypeParameterUnusedInFormals"})
    public <X extends Sink<byte[]>> X create(
            ServerResponse response, BiConsumer<Object, MediaType> eventConsumer, Runnable closeRunnable) {
        throw new UnsupportedOperationException("needs a SinkProviderContext");
    }
}
