package dev.fanfare.gateway.app;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.http.HeaderLimit;
import dev.fanfare.gateway.http.RequestTarget;
import dev.fanfare.gateway.http.StrictTransport;
import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.listener.Listener;
import dev.fanfare.gateway.listener.Tls;
import dev.fanfare.gateway.manage.ManagementApi;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.transport.Arrival;
import dev.fanfare.gateway.transport.Http2Watch;
import dev.fanfare.gateway.transport.Patience;
import dev.fanfare.service.http.BodyFraming;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.Method;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The port for operators. A listener of its own, so that it can be kept from the outside, and answers when clients
/// have taken all connections of the other one. It has that one's TLS.
final class ManagementPort {
    private static final int CONNECTIONS_MAX = 256;
    private static final int BODY_MAX = 64 << 10;
    private static final int HEADERS_MAX = 32 << 10;

    private ManagementPort() {}

    static Listener open(GatewaySettings settings, Optional<Tls> tls, Patience patience, ManagementApi api) {
        var management = settings.management();
        var http1 =
                Http1ConnectionSelector.builder().config(Http1Config.create()).build();
        var http2 = new Http2Watch(Http2ConnectionSelector.builder()
                .http2Config(Http2Config.builder()
                        .maxHeaderListSize(2L * HEADERS_MAX)
                        .build())
                .build());
        var hsts = StrictTransport.headers(settings.server().tls());
        var routing = HttpRouting.builder();
        routing.addFilter((chain, request, response) -> {
            HttpProblems.requestId(request, response);
            response.header(HttpProblems.NO_SNIFF);
            hsts.forEach(response::header);
            try {
                RequestTarget.check(request, response);
                chain.proceed();
            } finally {
                http2.answered(request);
            }
        });
        routing.addFilter(new BodyFraming(ErrorCode.INVALID_MESSAGE));
        routing.addFilter(new HeaderLimit(HEADERS_MAX));
        api.register(routing);
        Page.CONSOLE.register(routing);
        Page.CONSOLE
                .paths()
                .forEach(path -> HttpProblems.only(routing, ErrorCode.METHOD_NOT_ALLOWED, path, Method.GET));
        routing.error(ProblemException.class, HttpProblems::handle);
        var config = WebServer.builder()
                .featuresDiscoverServices(false)
                .bindAddress(new InetSocketAddress(management.host(), management.port()))
                .maxTcpConnections(CONNECTIONS_MAX)
                .maxPayloadSize(BODY_MAX)
                .directHandlers(HttpProblems.direct(ErrorCode::of))
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .buildPrototype();
        try {
            return Listener.open(
                    config, tls, routing, context -> new Arrival(context, http1, http2, patience), Doorkeeper.NONE);
        } catch (UncheckedIOException refused) {
            throw new IllegalStateException(
                    "it cannot listen on %s port %d: stop whoever has that port, or change management.host or management.port"
                            .formatted(management.host(), management.port()),
                    refused);
        }
    }
}
