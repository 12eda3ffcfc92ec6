package dev.fanfare.service.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// Makes spans and sends them. What a producer has sampled is traced, what it has not is not; of what nobody has
/// decided about, a share.
///
/// Nothing waits for a collector: spans wait in a queue of 2,048, and beyond that are dropped. OpenTelemetry logs it
/// when the collector does not take them. Thread-safe; no context hangs on a thread.
public final class Tracing implements AutoCloseable {
    private static final double MILLION = 1_000_000;
    private static final Duration EXPORT_MAX = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 5;
    private static final TextMapGetter<Map<String, String>> FROM_MAP =
            (carrier, key) -> carrier == null ? null : carrier.get(key);

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private Tracing(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get("dev.fanfare");
    }

    /// Empty if nothing is to be traced. Reads the file with the headers; sends nothing yet.
    ///
    /// @param service its name in traces
    /// @throws IllegalArgumentException names the key whose file does not fit
    public static Optional<Tracing> open(TracingSettings settings, String service) {
        return settings.endpoint().map(url -> new Tracing(provider(url, settings, service)));
    }

    private static SdkTracerProvider provider(String url, TracingSettings settings, String service) {
        var exporter = OtlpHttpSpanExporter.builder().setEndpoint(url).setTimeout(EXPORT_MAX);
        settings.headersFile().map(Tracing::headers).orElse(Map.of()).forEach(exporter::addHeader);
        var version = Tracing.class.getPackage().getImplementationVersion();
        var resource = Resource.create(Attributes.of(
                AttributeKey.stringKey("service.name"),
                service,
                AttributeKey.stringKey("service.version"),
                Objects.requireNonNullElse(version, "unknown"),
                AttributeKey.stringKey("service.instance.id"),
                UUID.randomUUID().toString()));
        return SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(resource))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.perMillion() / MILLION)))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(settings.interval())
                        .build())
                .build();
    }

    private static Map<String, String> headers(String file) {
        var headers = new LinkedHashMap<String, String>();
        try {
            for (var line : Files.readAllLines(Path.of(file))) {
                if (!line.isBlank()) {
                    var colon = line.indexOf(':');
                    if (colon < 1 || !line.substring(0, colon).matches("[A-Za-z0-9-]+")) {
                        throw new IllegalArgumentException( // the line is not shown: it may be a secret
                                "the file %s of tracing.headers-file has a line that is no header: write 'Name: value'"
                                        .formatted(file));
                    }
                    headers.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file %s of tracing.headers-file cannot be read: %s"
                    .formatted(file, unreadable.getClass().getSimpleName()));
        }
        return headers;
    }

    public Tracer tracer() {
        return tracer;
    }

    /// What `traceparent` and `tracestate` among the entries say (W3C Trace Context); the root context if that is
    /// nothing, or malformed.
    public static Context parent(Map<String, String> from) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), from, FROM_MAP);
    }

    /// `traceparent`, and `tracestate` if there is any, for whoever goes on from a span.
    public static Map<String, String> headers(Span span) {
        var headers = new LinkedHashMap<String, String>();
        W3CTraceContextPropagator.getInstance().inject(Context.root().with(span), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name, value);
            }
        });
        return headers;
    }

    /// Sends what waits, for a few seconds at most.
    @Override
    public void close() {
        var _ = provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
