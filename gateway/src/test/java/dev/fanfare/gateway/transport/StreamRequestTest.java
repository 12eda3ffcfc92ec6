package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import dev.fanfare.gateway.session.StartPoint;
import dev.fanfare.gateway.session.Terms;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamRequestTest {
    private static StreamRequest parse(String... namesAndValues) {
        return parse(Optional.empty(), namesAndValues);
    }

    private static StreamRequest parse(Optional<String> lastEventId, String... namesAndValues) {
        Map<String, List<String>> query = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            query.computeIfAbsent(namesAndValues[i], _ -> new ArrayList<>()).add(namesAndValues[i + 1]);
        }
        var usual = GatewaySettings.Session.DEFAULT;
        var limits = new GatewaySettings.Session(
                usual.heartbeat(),
                usual.heartbeatMin(),
                usual.heartbeatMax(),
                usual.writeStall(),
                usual.stall(),
                usual.sseLife(),
                3,
                usual.eventMax(),
                usual.writeBytes(),
                usual.policies());
        return StreamRequest.parse(query, lastEventId, limits);
    }

    private static ProblemException refused(String... namesAndValues) {
        var problem = catchThrowableOfType(ProblemException.class, () -> parse(namesAndValues));
        assertThat(problem).as(String.join(" ", namesAndValues)).isNotNull();
        return problem;
    }

    @Test
    void hasDefaultsForAllButTheChannel() {
        var request = parse("channel", "orders.*");
        assertThat(request.patterns()).containsExactly(ChannelPattern.parse("orders.*"));
        assertThat(request.transport()).isEmpty();
        assertThat(request.format()).isEqualTo(Format.DATA);
        assertThat(request.naming()).isEqualTo(EventNaming.NONE);
        assertThat(request.start()).isEqualTo(new StartPoint.Live());
        assertThat(request.heartbeat()).isEmpty();
        assertThat(request.hold()).isEmpty();
        assertThat(request.terms()).isSameAs(Terms.USUAL);
    }

    @Test
    void readsEveryParameter() {
        String[] all = {
            "channel",
            "a",
            "channel",
            "b.**",
            "transport",
            "poll",
            "format",
            "json",
            "event",
            "type",
            "last",
            "5",
            "heartbeat",
            "20s",
            "wait",
            "PT1M",
            "policy",
            "sample",
            "interval",
            "500ms",
            "priority",
            "low"
        };
        var request = parse(all);
        assertThat(request.patterns()).containsExactly(ChannelPattern.parse("a"), ChannelPattern.parse("b.**"));
        assertThat(request.transport()).contains(Transport.POLL);
        assertThat(request.format()).isEqualTo(Format.JSON);
        assertThat(request.naming()).isEqualTo(EventNaming.TYPE);
        assertThat(request.start()).isEqualTo(new StartPoint.Last(5));
        assertThat(request.heartbeat()).contains(Duration.ofSeconds(20));
        assertThat(request.hold()).contains(Duration.ofMinutes(1));
        assertThat(request.terms()).isEqualTo(new Terms(Policy.SAMPLE, Duration.ofMillis(500), Priority.LOW));
    }

    @Test
    void prefersTheHeaderThenTheNamesOfTheCursorInTheirOrder() {
        String[] all = {
            "last", "1", "since", "1m", "Last-Event-ID", "d", "last_event_id", "c", "lastEventId", "b", "cursor", "a"
        };
        assertThat(parse(Optional.of("h"), all).start()).isEqualTo(new StartPoint.AtCursor("h"));
        assertThat(parse(Optional.of(""), all).start()).isEqualTo(new StartPoint.AtCursor("a"));
        assertThat(parse("last", "1", "Last-Event-ID", "d", "lastEventId", "b").start())
                .isEqualTo(new StartPoint.AtCursor("b"));
        assertThat(parse("last", "1", "since", "1m").start()).isInstanceOf(StartPoint.Since.class);
    }

    @Test
    void neverStartsBeforeTheEpoch() {
        for (var since : List.of("1700-01-01T00:00:00Z", "9999999999d", "PT99999999999999999S")) {
            assertThat(parse("since", since).start()).isEqualTo(new StartPoint.Since(Instant.EPOCH));
        }
    }

    @ParameterizedTest
    @CsvSource({"topic, channel", "chanel, channel", "transports, transport", "Cursor, cursor", "waits, wait"})
    void namesTheNearestParameter(String given, String meant) {
        var problem = refused("channel", "a", given, "x");
        assertThat(problem.code()).isEqualTo(ErrorCode.UNKNOWN_PARAMETER);
        assertThat(problem.detail()).isEqualTo("parameter '%s' is not known: did you mean '%s'?", given, meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transport",
                "format",
                "event",
                "cursor",
                "since",
                "last",
                "wait",
                "heartbeat",
                "policy",
                "interval"
            })
    void takesEachParameterOnceOnly(String name) {
        var problem = refused(name, "1", name, "1");
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(problem.detail()).isEqualTo("parameter '%s' is given 2 times: give it once", name);
    }

    @ParameterizedTest
    @CsvSource({
        "transport, websocket, 'ws, sse, poll'",
        "transport, SSE, 'ws, sse, poll'",
        "format, xml, 'data, json, cloudevents'",
        "event, all, 'none, type, channel'"
    })
    void namesWhatIsAllowed(String name, String value, String allowed) {
        assertThat(refused(name, value).detail())
                .isEqualTo("parameter '%s' is '%s': use one of %s", name, value, allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-1s", "1w", "s", "9999999999", "1 s", "PT-5S", "1.5"})
    void refusesAWaitThatIsNone(String value) {
        assertThat(refused("wait", value).detail())
                .isEqualTo("parameter 'wait' is '%s': use seconds, or a duration such as 20s or PT20S", value);
        assertThat(refused("heartbeat", value).code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void boundsTheChannelsAfterTakingOutRepeats() {
        assertThat(parse("channel", "a", "channel", "b", "channel", "c", "channel", "a")
                        .patterns())
                .hasSize(3);
        var problem = refused("channel", "a", "channel", "b", "channel", "c", "channel", "d");
        assertThat(problem.code()).isEqualTo(ErrorCode.TOO_MANY_CHANNELS);
        assertThat(problem.detail())
                .isEqualTo("4 channels are asked for, 3 is the most a session may have: use patterns, or several"
                        + " sessions");
    }

    @Test
    void showsNoMoreThanTheBeginningOfALongValue() {
        assertThat(refused("last", "9".repeat(10_000)).detail()).hasSizeLessThan(200);
        assertThat(refused("x".repeat(10_000), "1").detail()).hasSizeLessThan(400);
        assertThat(refused("channel", "x".repeat(10_000)).detail()).hasSizeLessThan(400);
    }
}
