package dev.fanfare.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fanfare.service.trace.TracingSettings;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A collector of traces: takes OTLP over HTTP as it is specified, and keeps the spans.
public final class Collector implements AutoCloseable {
    private final HttpServer server;
    private final List<Sent> spans = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    /// A span as it came.
    public record Sent(String service, Span span) {
        public String trace() {
            return HexFormat.of().formatHex(span.getTraceId().toByteArray());
        }

        public String id() {
            return HexFormat.of().formatHex(span.getSpanId().toByteArray());
        }

        public String parent() {
            return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
        }

        /// The ids of the spans that it has links to, of the same trace.
        public List<String> links() {
            return span.getLinksList().stream()
                    .filter(link -> link.getTraceId().equals(span.getTraceId()))
                    .map(link -> HexFormat.of().formatHex(link.getSpanId().toByteArray()))
                    .toList();
        }

        /// An attribute as text, empty if it is not there.
        public String attribute(String name) {
            return span.getAttributesList().stream()
                    .filter(one -> one.getKey().equals(name))
                    .map(KeyValue::getValue)
                    .map(value -> value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue())
                    .findFirst()
                    .orElse("");
        }
    }

    private Collector(HttpServer server) {
        this.server = server;
    }

    public static Collector start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        var collector = new Collector(server);
        server.createContext("/v1/traces", collector::take);
        server.start();
        return collector;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                    .ifPresent(authorizations::add);
            var request = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
            for (var resource : request.getResourceSpansList()) {
                var service = resource.getResource().getAttributesList().stream()
                        .filter(one -> one.getKey().equals("service.name"))
                        .map(one -> one.getValue().getStringValue())
                        .findFirst()
                        .orElse("");
                resource.getScopeSpansList()
                        .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(new Sent(service, span))));
            }
            var answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
        }
    }

    /// Settings with which spans soon come here, and nothing is traced that was not sampled before.
    public TracingSettings settings(Optional<String> headersFile) {
        return new TracingSettings(
                Optional.of("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces"),
                0,
                headersFile,
                Duration.ofMillis(100));
    }

    /// The spans of a trace.
    public List<Sent> trace(String id) {
        return spans.stream().filter(span -> span.trace().equals(id)).toList();
    }

    /// The first span of a trace with that name.
    public Optional<Sent> find(String trace, String name) {
        return trace(trace).stream()
                .filter(span -> span.span().getName().equals(name))
                .findFirst();
    }

    /// What came as `Authorization`.
    public List<String> authorizations() {
        return authorizations;
    }

    /// All that came, to look for what must not be there.
    public boolean holds(String text) {
        return spans.stream()
                .anyMatch(one -> one.span().toByteString().toString(UTF_8).contains(text));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
