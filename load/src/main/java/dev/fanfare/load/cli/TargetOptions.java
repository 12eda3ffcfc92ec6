package dev.fanfare.load.cli;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.client.Target;
import dev.fanfare.load.client.Transport;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The server, and what it calls things. The defaults are Fanfare's.
final class TargetOptions {
    @Option(
            names = "--url",
            defaultValue = "http://localhost:8080/v1/events",
            description = "where events are; {channel} in it is the channel, else it is a parameter (${DEFAULT-VALUE})")
    private String url = "";

    @Option(names = "--sse-url", description = "another one for SSE")
    private @Nullable String sseUrl;

    @Option(names = "--ws-url", description = "another one for WebSocket")
    private @Nullable String wsUrl;

    @Option(names = "--poll-url", description = "another one for long-polling")
    private @Nullable String pollUrl;

    @Mixin
    private final TransportOptions transports = new TransportOptions();

    @Option(names = "--header", split = "\\n", description = "'Name: value', sent with each request; repeatable")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--channel",
            defaultValue = "load.{n}",
            description = "a channel's name, {n} being its number (${DEFAULT-VALUE})")
    private String channel = "";

    @Option(names = "--channel-parameter", defaultValue = "channel", description = "of the query (${DEFAULT-VALUE})")
    private String channelParameter = "";

    @Option(
            names = "--cursor-parameter",
            defaultValue = "cursor",
            description = "with which a long-poll goes on (${DEFAULT-VALUE})")
    private String cursorParameter = "";

    @Option(
            names = "--cursor-field",
            defaultValue = "cursor",
            description =
                    "of a long-poll's answer; 'headers': Last-Modified and ETag are the cursor" + " (${DEFAULT-VALUE})")
    private String cursorField = "";

    @Option(
            names = "--poll-first",
            defaultValue = "wait=0",
            description = "in the query of a session's first long-poll; 'none': it is held (${DEFAULT-VALUE})")
    private String pollFirst = "";

    @Option(
            names = "--ready",
            defaultValue = "ready",
            description = "the notice that a stream is open; 'none': its response says so (${DEFAULT-VALUE})")
    private String ready = "";

    Map<Transport, Integer> mix() {
        return transports.mix();
    }

    List<String> headers() {
        headers.forEach(header -> Check.header("--header", header));
        return headers;
    }

    Target target(Fields fields, TlsOptions tls) {
        var urls = new EnumMap<Transport, URI>(Transport.class);
        urls.put(Transport.SSE, uri("--sse-url", sseUrl));
        urls.put(Transport.WEBSOCKET, uri("--ws-url", wsUrl));
        urls.put(Transport.POLL, uri("--poll-url", pollUrl));
        boolean secure = Urls.isSecure(uri("--sse-url", sseUrl));
        return new Target(
                urls,
                headers(),
                channel,
                channelParameter,
                cursorParameter,
                cursorField.equals("headers") ? "" : cursorField,
                pollFirst.equals("none") ? "" : pollFirst,
                ready.equals("none") ? Optional.empty() : Optional.of(ready),
                fields,
                secure ? Optional.of(tls.context()) : Optional.empty());
    }

    /// Where all sessions connect.
    InetSocketAddress server() {
        var all = List.of(uri("--sse-url", sseUrl), uri("--ws-url", wsUrl), uri("--poll-url", pollUrl));
        if (all.stream().map(URI::getRawAuthority).distinct().count() > 1
                || all.stream().map(Urls::isSecure).distinct().count() > 1) {
            throw new Misuse("--sse-url, --ws-url and --poll-url are of several servers, or some with TLS: one run"
                    + " loads one of them");
        }
        var address = new InetSocketAddress(all.getFirst().getHost(), Urls.port(all.getFirst()));
        if (address.isUnresolved()) {
            throw new Misuse("--url %s: no address is known for '%s'".formatted(url, address.getHostString()));
        }
        return address;
    }

    String url() {
        return url;
    }

    private URI uri(String option, @Nullable String own) {
        return own == null ? Urls.web("--url", url) : Urls.session(option, own);
    }
}
