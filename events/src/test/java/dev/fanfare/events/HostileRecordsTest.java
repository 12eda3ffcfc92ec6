package dev.fanfare.events;

import static dev.fanfare.events.Records.record;
import static dev.fanfare.events.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.Routing.Rule;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whatever a producer writes: an event or a reason, channels without wildcards, and nothing else.
final class HostileRecordsTest {
    private static final String[] NAMES = {
        "content-type",
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_subject",
        "ce_x",
        "ce_",
        "ce_data",
        "ce_\ufffd",
        "traceparent",
        "tracestate",
        "h",
        ""
    };
    private static final String[] VALUES = {
        "application/cloudevents+json",
        "application/json",
        "1.0",
        "2018-04-05T17:31:00Z",
        "a/b",
        "*",
        "**",
        ">",
        "a.>",
        "%3E",
        "\u0000",
        "",
        ".",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "ü",
        "2018-"
    };
    private static final String EVENT = """
            {"specversion":"1.0","id":"i","source":"/s","type":"t","time":"2018-04-05T17:31:00.5+02:00","x":5,"y":true,
            "datacontenttype":"text/xml","data":"<a \\u00e9\\ud83d\\ude00/>","subject":null}""";
    private static final String JSON = " {\"a\":[1,-2.5e7,{\"b\":null}],\"ü\":\"\\\"\\\\\",\"t\":[true,false]} ";

    private final EventDecoder decoder = new EventDecoder();
    private final Routing routing = Routing.of(List.of(new Rule(
            List.of("orders"),
            List.of(
                    "{key}",
                    "k.{key}",
                    "{header.h}",
                    "{ce.type}.{ce.subject}",
                    "{ce.x}",
                    "a.{ce.id}.b",
                    "{ce.source}"))));

    @Test
    void endInAnEventOrAReason() {
        Random random = Seeded.random("endInAnEventOrAReason");
        var reasons = EnumSet.noneOf(UndecodableException.Reason.class);
        int decoded = 0;
        for (int round = 0; round < Seeded.rounds(100_000); round++) {
            ConsumerRecord<byte[], byte[]> record = record(bytes(random), value(random), headers(random));
            try {
                check(decoder.decode(record), record.headers());
                decoded++;
            } catch (UndecodableException undecodable) {
                reasons.add(undecodable.reason());
                assertThat(undecodable.getMessage()).hasSizeBetween(20, 300).doesNotContain("\n", "\u0000");
            }
        }
        assertThat(decoded).isPositive();
        assertThat(reasons).hasSizeGreaterThan(5);
    }

    @Test
    void keepTheirDataToTheByte() throws UndecodableException {
        Random random = Seeded.random("keepTheirDataToTheByte");
        for (int round = 0; round < Seeded.rounds(5_000); round++) {
            String data = json(random, 0).strip();
            String event = space(random) + "{" + space(random)
                    + (random.nextBoolean()
                            ? "\"specversion\":\"1.0\",\"id\":\"ü\","
                            : "\"id\":\"1\",\"specversion\":\"1.0\",")
                    + space(random) + "\"data\"" + space(random) + ":" + space(random) + data + space(random)
                    + ",\"source\":\"s\",\"type\":\"t\"}" + space(random);
            Event decoded = decoder.decode(record(event, "content-type", "application/cloudevents+json"));
            if (data.equals("null")) {
                assertThat(decoded.data()).isNull();
            } else {
                assertThat(decoded.data()).as(event).isEqualTo(utf8(data));
                assertThat(decoded.dataIsJson()).as(data).isTrue();
            }
        }
    }

    private void check(Event event, Headers headers) {
        assertThat(event.id()).isNotEmpty();
        assertThat(event.source()).isNotEmpty();
        assertThat(event.type()).isNotEmpty();
        assertThat(event.time().toEpochMilli()).isLessThan(Long.MAX_VALUE);
        assertThat(event.deleted() && event.data() != null).isFalse();
        assertThat(event.dataIsJson() && !event.dataIsText()).isFalse();
        for (ChannelName channel : routing.channels(event, headers)) {
            ChannelPattern asPattern = ChannelPattern.parse(channel.value());
            assertThat(asPattern.isLiteral()).as(channel.value()).isTrue();
            assertThat(routing.canYield("orders", asPattern))
                    .as(channel.value())
                    .isTrue();
        }
    }

    private static Headers headers(Random random) {
        var headers = new RecordHeaders();
        if (random.nextBoolean()) {
            for (String name : List.of("ce_specversion", "ce_id", "ce_source", "ce_type")) {
                headers.add(name, utf8(name.equals("ce_specversion") ? "1.0" : "v"));
            }
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            byte[] value = bytes(random);
            if (random.nextInt(3) > 0) {
                value = utf8(VALUES[random.nextInt(VALUES.length)]);
            }
            headers.add(NAMES[random.nextInt(NAMES.length)], value);
        }
        if (random.nextInt(3) == 0) {
            headers.add("content-type", utf8("application/cloudevents+json"));
        }
        return headers;
    }

    private static byte @Nullable [] value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> bytes(random);
            case 1 -> mutate(utf8(JSON), random);
            default -> mutate(utf8(EVENT), random);
        };
    }

    private static byte @Nullable [] bytes(Random random) {
        if (random.nextInt(10) == 0) {
            return null;
        }
        if (random.nextInt(3) == 0) {
            return utf8(VALUES[random.nextInt(VALUES.length)]);
        }
        byte[] bytes = new byte[random.nextInt(12)];
        random.nextBytes(bytes);
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[0] = 0;
        }
        return bytes;
    }

    private static byte[] mutate(byte[] text, Random random) {
        String syntax = "{}[]\",:\\u0e-+.tnf \u0000\u007f";
        byte[] out = Arrays.copyOf(text, random.nextInt(4) == 0 ? random.nextInt(text.length + 1) : text.length);
        for (int i = random.nextInt(3); i > 0 && out.length > 0; i--) {
            out[random.nextInt(out.length)] = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) syntax.charAt(random.nextInt(syntax.length()));
        }
        return out;
    }

    private static String json(Random random, int depth) {
        var text = new StringBuilder(space(random));
        switch (random.nextInt(depth > 4 ? 6 : 8)) {
            case 0 -> text.append("null");
            case 1 -> text.append(random.nextBoolean());
            case 2 -> text.append(random.nextInt());
            case 3 -> text.append(random.nextDouble());
            case 4 -> text.append("\"é€😀\\n\\u0041 {[,\"");
            case 5 -> text.append("\"\\\"\\\\\"");
            case 6 -> {
                text.append('[');
                for (int i = random.nextInt(3); i >= 0; i--) {
                    text.append(json(random, depth + 1)).append(i > 0 ? "," : "");
                }
                text.append(']');
            }
            default -> {
                text.append('{');
                for (int i = random.nextInt(3); i >= 0; i--) {
                    text.append("\"data\"").append(space(random)).append(':');
                    text.append(json(random, depth + 1)).append(i > 0 ? "," : "");
                }
                text.append('}');
            }
        }
        return text.append(space(random)).toString();
    }

    private static String space(Random random) {
        return " \n\t\r".substring(0, random.nextInt(5)).repeat(random.nextInt(2));
    }
}
