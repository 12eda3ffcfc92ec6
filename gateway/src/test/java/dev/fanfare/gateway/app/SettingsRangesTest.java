package dev.fanfare.gateway.app;

import static dev.fanfare.gateway.app.SettingsReaderTest.NEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.service.config.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// From where to where each key goes: what is just outside is refused, and what is just inside only where another key
/// is in its way.
class SettingsRangesTest {
    @TempDir
    Path folder;

    /// The first value that is too little, where there is any, the least, the most, and the first that is too much.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    session.policies.interval                   | 9ms    | 10ms  | 1h      | 3600001ms
                    session.policies.interval-min               | 9ms    | 10ms  | 1h      | 3600001ms
                    session.policies.interval-max               | 9ms    | 10ms  | 1h      | 3600001ms
                    session.policies.waiting-max                | 0      | 1     | 1000000 | 1000001
                    websocket.message-max                       | 1023   | 1KiB  | 16MiB   | 16777217
                    websocket.unfinished-max                    | 65535  | 64KiB | 1024GiB | 1025GiB
                    websocket.deflate-min                       |        | 0     | 16MiB   | 16777217
                    limits.sessions                             | -1     | 0     | 1000000 | 1000001
                    limits.connects-per-second                  | -1     | 0     | 1000000 | 1000001
                    limits.messages-per-second                  | -1     | 0     | 1000000 | 1000001
                    limits.unwritten-bytes                      | 1023KiB | 1MiB | 1024GiB | 1025GiB
                    limits.address.connections                  | -1     | 0     | 1000000 | 1000001
                    limits.address.handshakes-per-second        | -1     | 0     | 1000000 | 1000001
                    limits.address.sessions                     | -1     | 0     | 1000000 | 1000001
                    limits.address.connects-per-second          | -1     | 0     | 1000000 | 1000001
                    limits.address.publishes-per-second         | -1     | 0     | 1000000 | 1000001
                    limits.address.publish-bytes-per-second     |        | 0     | 1GiB    | 1025MiB
                    limits.address.replays                      | -1     | 0     | 100000  | 100001
                    limits.principal.sessions                   | -1     | 0     | 1000000 | 1000001
                    limits.principal.publishes-per-second       | -1     | 0     | 1000000 | 1000001
                    limits.principal.publish-bytes-per-second   |        | 0     | 1GiB    | 1025MiB
                    limits.principal.replays                    | -1     | 0     | 100000  | 100001
                    limits.principal.tickets-per-second         | -1     | 0     | 1000000 | 1000001
                    overload.relief                             | 0      | 1     | 100     | 101
                    overload.calm                               | 99ms   | 100ms | 1h      | 3600001ms
                    overload.heap.replays                       | -1     | 0     | 100     | 101
                    overload.heap.low                           | -1     | 0     | 100     | 101
                    overload.heap.sessions                      | -1     | 0     | 100     | 101
                    overload.unwritten.replays                  | -1     | 0     | 100     | 101
                    overload.unwritten.low                      | -1     | 0     | 100     | 101
                    overload.unwritten.sessions                 | -1     | 0     | 100     | 101
                    overload.delay.replays                      |        | 0s    | 1m      | 60001ms
                    overload.delay.low                          |        | 0s    | 1m      | 60001ms
                    overload.delay.sessions                     |        | 0s    | 1m      | 60001ms
                    shutdown.notice                             |        | 0s    | 10m     | 600001ms
                    shutdown.drain                              |        | 0s    | 10m     | 600001ms
                    shutdown.deadline                           | 99ms   | 100ms | 30m     | 1800001ms
                    shutdown.retry-min                          |        | 0s    | 10m     | 600001ms
                    shutdown.retry-max                          |        | 0s    | 10m     | 600001ms
                    """)
    void goesFromTheLeastToTheMost(String key, String tooLittle, String least, String most, String tooMuch) {
        if (tooLittle != null) {
            assertThat(problem(key, tooLittle)).contains("from " + least + " to " + most);
        }
        assertThat(problem(key, tooMuch)).contains("from " + least + " to " + most);
        assertThat(problem(key, least)).doesNotContain(" from " + least + " to ");
        assertThat(problem(key, most)).doesNotContain(" from " + least + " to ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"overload.enabled", "websocket.deflate", "transports.poll"})
    void isTrueOrFalse(String key) {
        assertThat(problem(key, "on")).contains("true or false");
    }

    /// Besides those of [SettingsRefusalsTest].
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    overload.heap.low: 95                                       | overload.heap.low: '95'             | overload.heap.sessions, which is 94
                    overload.unwritten.replays: 76                              | overload.unwritten.replays: '76'    | overload.unwritten.low, which is 75
                    overload.delay.replays: 3s                                  | overload.delay.replays: '3s'        | overload.delay.low, which is 2s
                    session.policies: {interval: 50ms}                          | session.policies.interval-min: the default 100ms | session.policies.interval, which is 50ms
                    session.policies.interval-max: 500ms                        | session.policies.interval: the default 1s | session.policies.interval-max, which is 500ms
                    session.policies: {allowed: [sample, resume], standard: conflate} | session.policies.standard: 'conflate' | which are sample, resume
                    shutdown: {notice: 10s, drain: 10s, deadline: 19999ms}      | shutdown.deadline: '19999ms'        | which are 10s and 10s, must be over
                    shutdown.retry-max: 500ms                                   | shutdown.retry-min: the default 1s  | shutdown.retry-max, which is 500ms
                    """)
    void fitsWhatElseIsSet(String yaml, String start, String part) {
        assertThat(problems(yaml)).contains("\n" + start).contains(part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "overload.heap.low: 0",
                "overload.heap.sessions: 0",
                "overload.unwritten: {low: 0, sessions: 0}",
                "overload.delay.sessions: 0s",
                "overload.delay: {replays: 1m, low: 0s, sessions: 0s}",
                "overload.heap: {replays: 90, low: 90, sessions: 90}",
                "session.policies: {interval: 1s, interval-min: 1s, interval-max: 1s}",
                "session.policies: {allowed: [sample], standard: sample}",
                "shutdown: {notice: 10s, drain: 10s, deadline: 20s}",
                "shutdown: {retry-min: 1s, retry-max: 1s}",
            })
    void takesEqualsAndZeroForOff(String yaml) {
        assertThatCode(() -> SettingsReaderTest.read(folder, NEEDED + yaml + "\n", Map.of(), new Properties()))
                .doesNotThrowAnyException();
    }

    private String problem(String key, String value) {
        return problems(key + ": '" + value + "'")
                .lines()
                .filter(line -> line.startsWith(key + ": '" + value + "'"))
                .findFirst()
                .orElse("");
    }

    /// Each in a line of its own; nothing if all is well.
    private String problems(String yaml) {
        var refused = catchThrowableOfType(
                ConfigException.class,
                () -> SettingsReaderTest.read(folder, NEEDED + yaml + "\n", Map.of(), new Properties()));
        return refused == null ? "" : "\n" + String.join("\n", refused.problems());
    }
}
