package dev.fanfare.load.client;

import dev.fanfare.load.check.Fields;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// The server under load, and what it calls things.
///
/// @param urls where each transport is found; `{channel}` in one is replaced by the session's channel, otherwise the
///     channels become query parameters
/// @param headers sent with every request, each `Name: value`
/// @param channelName a channel's name; `{n}` in it is replaced by the channel's number
/// @param channelParameter the query parameter that names a channel
/// @param cursorParameter the query parameter with which a long-poll goes on
/// @param cursorField the member of a long-poll's answer that holds the cursor; empty: its `Last-Modified` and `ETag`
///     do
/// @param pollFirst added to the query of a long-poll without cursor, so that it returns at once; empty: it is held
/// @param ready the notice after which a stream misses nothing; none: the response's head says so
/// @param fields the marker's names
/// @param tls whom sessions trust; empty: they do without TLS
public record Target(
        Map<Transport, URI> urls,
        List<String> headers,
        String channelName,
        String channelParameter,
        String cursorParameter,
        String cursorField,
        String pollFirst,
        Optional<String> ready,
        Fields fields,
        Optional<SSLContext> tls) {

    public Target {
        urls = Map.copyOf(urls);
        headers = List.copyOf(headers);
    }

    public String channel(int number) {
        return channelName.replace("{n}", Integer.toString(number));
    }

    URI url(Transport transport) {
        var url = urls.get(transport);
        if (url == null) {
            throw new IllegalArgumentException("no url for " + transport.label());
        }
        return url;
    }

    /// Path and query of a subscription.
    String resource(Transport transport, List<String> channels) {
        var url = url(transport);
        var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var resource = new StringBuilder(path);
        var query = url.getRawQuery();
        char separator = '?';
        if (query != null) {
            resource.append('?').append(query);
            separator = '&';
        }
        if (resource.indexOf("%7Bchannel%7D") >= 0) {
            return resource.toString().replace("%7Bchannel%7D", encoded(channels.getFirst()));
        }
        for (var channel : channels) {
            resource.append(separator).append(channelParameter).append('=').append(encoded(channel));
            separator = '&';
        }
        return resource.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
