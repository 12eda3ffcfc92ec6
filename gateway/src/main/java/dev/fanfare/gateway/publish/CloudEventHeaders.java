package dev.fanfare.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The binary mode of CloudEvents' HTTP binding: an attribute per `ce-` header, the data as body.
final class CloudEventHeaders {
    private static final String PREFIX = "ce-";

    private CloudEventHeaders() {}

    /// Whether this is meant to be a CloudEvent in binary mode: one such header is enough, so that one who forgot
    /// `ce-specversion` is told.
    static boolean isIn(PublishRequest request) {
        return request.headers().keySet().stream().anyMatch(name -> name.startsWith(PREFIX));
    }

    static CloudEvent read(PublishRequest request) {
        var attributes = new LinkedHashMap<String, String>();
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (header.getKey().startsWith(PREFIX)) {
                var name = header.getKey().substring(PREFIX.length());
                if (name.equals(CloudEvent.CONTENT_TYPE)) {
                    throw CloudEvent.invalid("header 'ce-datacontenttype' is not allowed: write it as Content-Type");
                }
                attributes.put(
                        name, decode(name, request.header(header.getKey()).orElse("")));
            }
        }
        request.header("content-type").ifPresent(type -> attributes.put(CloudEvent.CONTENT_TYPE, type));
        return new CloudEvent(attributes, request.body());
    }

    /// HTTP binding §3.1.3.2: quotes first, then one round of percent-decoding.
    private static String decode(String name, String raw) {
        var text = unquoted(raw.strip());
        var bytes = new ByteArrayOutputStream(text.length());
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c > 0x7e) {
                throw CloudEvent.invalid(name, raw, "percent-encode the UTF-8 bytes of what is not ASCII");
            }
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            var high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            var low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw CloudEvent.invalid(name, raw, "write %25 for a '%' that starts no escape");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw CloudEvent.invalid(name, raw, "percent-encode UTF-8");
        }
    }

    private static String unquoted(String text) {
        if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            return text;
        }
        return text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
    }
}
