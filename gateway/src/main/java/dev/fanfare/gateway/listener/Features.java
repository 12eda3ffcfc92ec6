package dev.fanfare.gateway.listener;

import io.helidon.common.Builder;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.spi.ServerFeature;
import java.util.NoSuchElementException;
import java.util.Set;

/// The one socket, to which Helidon's features add their routes.
record Features(WebServerConfig serverConfig, HttpRouting.Builder httpRouting)
        implements ServerFeature.ServerFeatureContext, ServerFeature.SocketBuilders, ServerFeature.RoutingBuilders {

    @Override
    public Set<String> sockets() {
        return Set.of();
    }

    @Override
    public boolean socketExists(String socket) {
        return socket.equals(WebServer.DEFAULT_SOCKET_NAME);
    }

    @Override
    public ServerFeature.SocketBuilders socket(String socket) {
        if (!socketExists(socket)) {
            throw new NoSuchElementException("there is no socket " + socket);
        }
        return this;
    }

    @Override
    public ListenerConfig listener() {
        return serverConfig;
    }

    @Override
    public ServerFeature.RoutingBuilders routingBuilders() {
        return this;
    }

    @Override
    public boolean hasRouting(Class<?> builder) {
        return builder == HttpRouting.Builder.class;
    }

    @Override
    public <T extends Builder<T, ?>> T routingBuilder(Class<T> builder) {
        if (!hasRouting(builder)) {
            throw new NoSuchElementException("there is no routing of " + builder.getName());
        }
        return builder.cast(httpRouting);
    }
}
