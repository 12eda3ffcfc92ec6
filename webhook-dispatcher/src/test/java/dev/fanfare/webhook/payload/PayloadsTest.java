package dev.fanfare.webhook.payload;

import static dev.fanfare.webhook.payload.Messages.cloudEvent;
import static dev.fanfare.webhook.payload.Messages.endpoint;
import static dev.fanfare.webhook.payload.Messages.message;
import static dev.fanfare.webhook.payload.Messages.payload;
import static dev.fanfare.webhook.payload.Messages.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadsTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /// Reads a request in binary mode back, by the event model's own decoder.
    private static Event binary(Payload request) {
        var headers = new ArrayList<>(List.of("content-type", request.contentType()));
        request.headers().forEach((name, value) -> {
            if (name.startsWith("ce-")) {
                headers.addAll(List.of("ce_" + name.substring(3), URLDecoder.decode(value.replace("+", "%2B"), UTF_8)));
            }
        });
        return message(7, request.body(), headers.toArray(String[]::new)).event();
    }

    private static Event structured(byte[] json) {
        return message(7, json, "content-type", "application/cloudevents+json").event();
    }

    /// All that a CloudEvent says, without where its record stands.
    private static Map<String, Object> said(Event event) {
        var said = new HashMap<String, Object>();
        event.forEachAttribute(said::put);
        said.put("data", new String(event.data() == null ? new byte[0] : event.data(), UTF_8));
        return said;
    }

    @Test
    void sendsDataAsItIs() {
        var message = text(1, "{ \"a\":1}\r\n", "content-type", "application/json; charset=utf-8");
        var payload = payload(PayloadForm.DATA, message);
        assertThat(payload.webhookId()).isEqualTo(message.id().toString());
        assertThat(payload.body()).isSameAs(message.event().data());
        assertThat(payload.contentType()).isEqualTo("application/json; charset=utf-8");
        assertThat(payload.headers()).isEmpty();
    }

    @Test
    void tellsATombstone() {
        var tombstone = message(1, null);
        var data = payload(PayloadForm.DATA, tombstone);
        assertThat(data.body()).isEmpty();
        assertThat(data.contentType()).isEqualTo("application/octet-stream");
        assertThat(data.headers()).containsOnly(Map.entry("fanfare-deleted", "true"));
        var binary = payload(PayloadForm.BINARY, tombstone);
        assertThat(binary.body()).isEmpty();
        assertThat(binary.headers()).containsEntry("ce-deleted", "true").doesNotContainKey("fanfare-deleted");
        assertThat(payload(PayloadForm.STRUCTURED, tombstone).body())
                .asString(UTF_8)
                .endsWith(",\"data\":null,\"deleted\":true}");
        assertThat(payload(PayloadForm.BATCH, tombstone).body())
                .asString(UTF_8)
                .endsWith(",\"data\":null,\"deleted\":true}]");
    }

    @Test
    void anEventCannotPassForATombstone() {
        var message = cloudEvent(1, "ce_deleted", "true");
        assertThat(payload(PayloadForm.BINARY, message).headers()).doesNotContainKey("ce-deleted");
        assertThat(payload(PayloadForm.STRUCTURED, message).body())
                .asString(UTF_8)
                .doesNotContain("deleted");
    }

    @Test
    void percentEncodesAttributesInBinaryMode() {
        var payload = payload(PayloadForm.BINARY, cloudEvent(1, "ce_note", "\"Zürich\" \ud83d\ude00"));
        assertThat(payload.contentType()).isEqualTo("application/json");
        assertThat(payload.body()).asString(UTF_8).isEqualTo("{\"total\": 12.0}");
        assertThat(payload.headers())
                .containsOnly(
                        Map.entry("ce-specversion", "1.0"),
                        Map.entry("ce-id", "%C3%A9%201%25"),
                        Map.entry("ce-source", "/shop"),
                        Map.entry("ce-type", "order.paid"),
                        Map.entry("ce-time", "2026-11-21T09:30:00Z"),
                        Map.entry("ce-partitionkey", "42"),
                        Map.entry("ce-tenantid", "acme"),
                        Map.entry("ce-note", "%22Z%C3%BCrich%22%20%F0%9F%98%80"));
    }

    @Test
    void canBeReadBack() throws Exception {
        for (var message : List.of(
                cloudEvent(1, "ce_note", "\"Zürich\" + \ud83d\ude00", "ce_subject", "s"),
                text(1, "plain \u20ac"),
                text(1, "not json", "content-type", "application/json"),
                text(1, "<a/>", "content-type", "application/xml"))) {
            var event = said(message.event());
            assertThat(said(binary(payload(PayloadForm.BINARY, message)))).isEqualTo(event);
            var structured = payload(PayloadForm.STRUCTURED, message);
            assertThat(structured.contentType()).isEqualTo("application/cloudevents+json");
            assertThat(said(structured(structured.body()))).isEqualTo(event);
            var batch = payload(PayloadForm.BATCH, message);
            assertThat(batch.contentType()).isEqualTo("application/cloudevents-batch+json");
            var member = new ObjectMapper().readTree(batch.body()).get(0);
            event.put("webhookid", message.id().toString());
            assertThat(said(structured(batch.body(), 1))).isEqualTo(event);
            assertThat(member.get("webhookid").textValue())
                    .isEqualTo(message.id().toString());
        }
    }

    /// The only element of an array.
    private static Event structured(byte[] array, int brackets) {
        return structured(new String(array, brackets, array.length - 2 * brackets, UTF_8).getBytes(UTF_8));
    }

    @Test
    void namesABatchAfterItsMembers() throws Exception {
        var one = cloudEvent(1, "ce_webhookid", "forged");
        var two = text(2, "two");
        var batch = payload(PayloadForm.BATCH, one, two);
        assertThat(new ObjectMapper().readTree(batch.body()).findValuesAsText("webhookid"))
                .containsExactly(one.id().toString(), two.id().toString());
        assertThat(batch.webhookId())
                .matches("msg_[A-Za-z0-9_-]{43}")
                .isEqualTo(payload(PayloadForm.BATCH, one, two).webhookId())
                .isNotEqualTo(payload(PayloadForm.BATCH, one).webhookId())
                .isNotEqualTo(payload(PayloadForm.BATCH, two, one).webhookId());
        assertThat(MessageId.parse(batch.webhookId())).as("no message's id").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void carriesTheTraceOn(PayloadForm form) {
        var payload = payload(form, text(1, "x", "traceparent", TRACE, "tracestate", "a=1"));
        assertThat(payload.headers()).containsEntry("traceparent", TRACE).containsEntry("tracestate", "a=1");
    }

    @Test
    void carriesNoTraceThatIsNotOfAllOrThatNoHeaderCanSay() {
        var traced = text(1, "x", "traceparent", TRACE);
        assertThat(payload(PayloadForm.BATCH, traced, traced).headers()).containsEntry("traceparent", TRACE);
        assertThat(payload(PayloadForm.BATCH, traced, text(2, "y")).headers()).isEmpty();
        assertThat(payload(PayloadForm.DATA, cloudEvent(1, "ce_traceparent", "é"))
                        .headers())
                .isEmpty();
        assertThat(payload(PayloadForm.DATA, cloudEvent(1, "ce_tracestate", "a=1"))
                        .headers())
                .isEmpty();
    }

    @Test
    void fallsBackToBytesWhereNoHeaderCanSayTheContentType() {
        assertThat(payload(PayloadForm.DATA, text(1, "x", "content-type", "text/é"))
                        .contentType())
                .isEqualTo("application/octet-stream");
    }

    @Test
    void addsTheEndpointsHeadersButNotInPlaceOfItsOwn() {
        var headers = Map.of(
                "Authorization",
                "Bearer x",
                "Content-Type",
                "a/b",
                "CE-Id",
                "forged",
                "TraceParent",
                "forged",
                "Webhook-Id",
                "forged");
        var payload = Payloads.of(endpoint(PayloadForm.BINARY, headers), List.of(cloudEvent(1, "traceparent", TRACE)));
        assertThat(payload.headers())
                .containsEntry("Authorization", "Bearer x")
                .containsEntry("traceparent", TRACE)
                .doesNotContainKeys("Content-Type", "CE-Id", "TraceParent", "Webhook-Id")
                .doesNotContainValue("forged");
        assertThat(payload.toString()).contains("Authorization").doesNotContain("Bearer");
    }

    @Test
    void knowsWhatIsTooLarge() {
        assertThat(Payloads.isTooLarge(message(1, new byte[256 * 1024]).event()))
                .isFalse();
        assertThat(Payloads.isTooLarge(message(1, new byte[256 * 1024 + 1]).event()))
                .isTrue();
        assertThat(Payloads.isTooLarge(message(1, null).event())).isFalse();
    }

    @Test
    void refusesSeveralMessagesInAFormForOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> payload(PayloadForm.DATA, text(1, "x"), text(2, "y")))
                .withMessage("2 messages in the form data");
        assertThatIllegalArgumentException().isThrownBy(() -> payload(PayloadForm.BATCH, new Message[0]));
    }
}
