package dev.fanfare.gateway.app;

import static dev.fanfare.gateway.app.SettingsReaderTest.NEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.service.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be is refused at start: with the key's name, what it was, and what it may be.
class SettingsRefusalsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [{audience: x, secret-file: s}]                                     | .issuer: is missing
                    [{issuer: a b, audience: x, secret-file: s}]                        | .issuer: is missing or has blanks
                    [{issuer: a, secret-file: s}]                                       | .audience: is missing
                    [{issuer: a, audience: x}]                                          | : needs one of [jwks-file,
                    [{issuer: a, audience: x, secret-file: s, jwks-file: j}]            | : needs one of [jwks-file,
                    [{issuer: a, audience: x, jwks-url: 'http://a.example/keys'}]       | .jwks-url: 'http://a.example/keys'
                    [{issuer: a, audience: x, jwks-url: 'not a url'}]                   | .jwks-url: 'not a url'
                    [{issuer: a, audience: x, jwks-url: 'https://me:pass@a/keys'}]      | .jwks-url: is refused: it must be a URL without user
                    [{issuer: a, audience: x, jwks: 'https://a'}]                       | .jwks: unknown key
                    """)
    void refusesIssuersThatCannotBe(String issuers, String problem) {
        assertRefused(NEEDED + "access.issuers: " + issuers + "\n", "access.issuers.0" + problem, "");
    }

    @Test
    void refusesAnIssuerThatIsThereTwice() {
        var one = "{issuer: a, audience: x, secret-file: s}";
        assertRefused(NEEDED + "access.issuers: [" + one + "," + one + "]\n", "access.issuers.1.issuer: 'a'", "twice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    access.anonymous: true                    | access.anonymous: from         | it is a section
                    access.anonymous.subscribe: [a, 'b.#']    | access.anonymous.subscribe: 'b.#' | each must be a channel or pattern
                    access.grants.publish: 'a.{sub'           | access.grants.publish: 'a.{sub' | claims in braces
                    access.revocations.topic: a b             | access.revocations.topic: 'a b' | a topic name
                    access.tickets.life: 6m                   | access.tickets.life: '6m'     | to 5m
                    """)
    void refusesAccessThatCannotBe(String yaml, String start, String part) {
        assertRefused(NEEDED + yaml + "\n", start, part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example.com",
                "https://app.example.com/",
                "https://App.example.com",
                "https://app.example.com:443",
                "http://app.example.com:80",
                "https://app.example.com:0",
                "https://*.example.com",
                "https://user@app.example.com",
                "http://localhost:30*",
                "http://localhost:**",
                "localhost:*",
                "http://*:*",
                "null",
                "**"
            })
    void refusesOriginsThatNoBrowserSends(String origin) {
        assertRefused(
                NEEDED + "server.origins: ['https://app.example.com', '" + origin + "']\n",
                "server.origins: '" + origin + "'",
                "each must be an origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example.com,http://localhost:3000",
                "http://[::1]:8081,https://app.example.com:8443",
                "http://127.0.0.1:443",
                "capacitor://localhost",
                "http://localhost:*,http://[::1]:*",
                "*"
            })
    void takesOriginsAsBrowsersSendThem(String origins) throws IOException {
        assertThat(read(NEEDED + "server.origins: '" + origins + "'\n").server().origins())
                .containsExactly(origins.split(",", -1));
    }

    @Test
    void tellsAllProblemsAtOnceOneLineEachWithTheirOrigin() {
        var environment = Map.of("FANFARE_SESION_STALL", "1s", "FANFARE_SERVER_PORT", "http");
        var system = new Properties();
        system.setProperty("fanfare.feed.refresh", "1m\nnonsense: injected");

        var problems = catchThrowableOfType(
                        ConfigException.class,
                        () -> SettingsReaderTest.read(folder, "routes: []\nlog: {age: 5}\n", environment, system))
                .problems();

        assertThat(problems)
                .hasSize(6)
                .noneMatch(line -> line.contains("\n"))
                .anyMatch(line -> line.startsWith("server.port: 'http' from environment variable FANFARE_SERVER_PORT")
                        && line.endsWith("it must be a whole number from 0 to 65535"))
                .anyMatch(line -> line.startsWith("kafka.bootstrap.servers: is missing"))
                .anyMatch(line -> line.startsWith("routes: is missing"))
                .anyMatch(line -> line.startsWith(
                        "feed.refresh: '1m nonsense: injected' from system property fanfare.feed.refresh"))
                .anyMatch(line -> line.startsWith("log.age: '5' from file " + folder.resolve("gateway.yaml"))
                        && line.contains("250ms, 5s, 2m, 1h, 7d or PT5S"))
                .anyMatch(line -> line.equals("sesion.stall: unknown key from environment variable "
                        + "FANFARE_SESION_STALL: did you mean FANFARE_SESSION_STALL?"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    server.port: 65536                            | server.port: '65536' | from 0 to 65535
                    server.port: -1                               | server.port: '-1'    | from 0 to 65535
                    server.port: 99999999999999999999             | server.port: '9999   | from 0 to 65535
                    server.page: 'yes'                            | server.page: 'yes'   | true or false
                    server.page: 'TRUE'                           | server.page: 'TRUE'  | true or false
                    server.host: ''                               | server.host: ''      | not blank
                    server.host: no-such-host.invalid             | server.host: 'no-    | no such host is known
                    server.send-buffer: 64kb                      | server.send-buffer:  | from 4KiB to 16MiB
                    server.host: [a, b]                           | server.host: from | it takes one value
                    server: 8080                                  | server: from file    | a section, with keys such as server.
                    server: {hosst: a}                            | server.hosst: unknown key | did you mean server.host?
                    heartbeat: 5s                                 | heartbeat: unknown key | did you mean session.heartbeat?
                    session: {writeStall: 5s}                     | session.writeStall: unknown key | session.write-stall?
                    zebra: 1                                      | zebra: unknown key   | see docs/configuration.md
                    feed.refresh: 11s                             | feed.refresh: '11s'  | from 100ms to 10s
                    session.heartbeat: 2s                         | session.heartbeat: '2s' | session.heartbeat-min, which is 5s
                    session.heartbeat-min: 20s                    | session.heartbeat: the default 15s | which is 20s
                    session.heartbeat-max: 10s                    | session.heartbeat: the default 15s | which is 10s
                    session.event-max: 17MiB                      | session.event-max: '17MiB' | from 1KiB to 16MiB
                    session.event-max: 1000                       | session.event-max: '1000' | from 1KiB to 16MiB
                    session.policies.allowed: [resume, drop]      | session.policies.allowed: 'drop' | one of resume, disconnect, conflate, sample, drop-oldest
                    session.policies.allowed: conflate            | session.policies.standard: the default resume | session.policies.allowed, which are conflate
                    session.policies.standard: drop               | session.policies.standard: 'drop' | conflate, sample, drop-oldest
                    session.policies.interval: 2m                 | session.policies.interval: '2m' | session.policies.interval-max, which is 1m
                    session.policies.interval-min: 2s             | session.policies.interval-min: '2s' | session.policies.interval, which is 1s
                    session.policies.waiting-max: 0               | session.policies.waiting-max: '0' | from 1 to 1000000
                    log.bytes: 100KiB                             | log.bytes: '100KiB'  | session.event-max, which is 256KiB
                    poll.hold: 56s                                | poll.hold: '56s'     | poll.hold-max, which is 55s
                    poll.hold-max: 11m                            | poll.hold-max: '11m' | to 10m
                    shutdown.retry-min: 9s                        | shutdown.retry-min: '9s' | shutdown.retry-max, which is 8s
                    shutdown.deadline: 12s                        | shutdown.deadline: '12s' | which are 3s and 10s, must be over
                    shutdown.drain: 18s                           | shutdown.deadline: the default 20s | are 3s and 18s, must be over
                    overload.heap.replays: 88                     | overload.heap.replays: '88' | overload.heap.low, which is 87
                    overload.unwritten.sessions: 70               | overload.unwritten.low: the default 75 | overload.unwritten.sessions, which is 70
                    overload.delay.low: 5s                        | overload.delay.low: '5s' | overload.delay.sessions, which is 4s
                    overload.heap.low: 101                        | overload.heap.low: '101' | from 0 to 100
                    transports: {sse: false, websocket: false, poll: false} | transports: all three | must be true
                    publish.topic: a/b                            | publish.topic: 'a/b' | a topic name
                    publish.topic: ..                             | publish.topic: '..'  | a topic name
                    dead-letter.topic: a b                        | dead-letter.topic: 'a b' | a topic name
                    dead-letter.topic: orders                     | dead-letter.topic: 'orders' | a route reads this topic
                    kafka.client.id: [a, b]                       | kafka.client.id: from   | it takes one value
                    kafka.group.id: mine                          | kafka.group.id: from | without a consumer group
                    kafka.enable.auto.commit: true                | kafka.enable.auto.commit: | nothing is committed
                    kafka.auto.offset.reset: latest               | kafka.auto.offset.reset: | told as a gap
                    kafka.isolation.level: read_uncommitted       | kafka.isolation.level: | only committed
                    kafka.value.deserializer: X                   | kafka.value.deserializer: | as bytes
                    kafka.acks: 0                                 | kafka.acks: from     | acks=all
                    kafka.fetch.max.byte: 1                       | kafka.fetch.max.byte: unknown | kafka.fetch.max.bytes?
                    kafka.zebra: 1                                | kafka.zebra: unknown | no Kafka client
                    kafka.ssl.key.store.location: x               | kafka.ssl.key.store.location: unknown | kafka.ssl.keystore.location?
                    kafka.request.timeout.ms: soon                | kafka.request.timeout.ms: 'soon' | Not a number
                    kafka.security.protocol: SSLL                 | kafka.security.protocol: 'SSLL' | SASL_SSL
                    kafka.batch.size: many                        | kafka.batch.size: 'many' | Not a number
                    server.tls.client-auth: maybe             | server.tls.client-auth: 'maybe' | one of none, want, need
                    server.tls.protocols: [TLSv1.3, SSLv3]    | server.tls.protocols: 'SSLv3' | TLSv1.3 or TLSv1.2
                    """)
    void refusesWhatCannotBe(String yaml, String start, String part) {
        assertRefused(NEEDED + yaml + "\n", start, part);
    }

    @Test
    void refusesDeadLettersOfWhatIsNotRead() {
        assertRefused(NEEDED + "feed.on-demand: keys\ndead-letter.topic: d\n", "feed.on-demand:", "dead-letter.topic");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    localhost            | kafka.bootstrap.servers: 'localhost' | host:port
                    a:1,,b:2             | kafka.bootstrap.servers: 'a:1,,b:2' | host:port
                    ''                   | kafka.bootstrap.servers: ''  | host:port
                    """)
    void refusesServersThatAreNone(String servers, String start, String part) {
        assertRefused("routes: [{topics: a, channels: b}]\nkafka.bootstrap.servers: '" + servers + "'\n", start, part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    []                                  | routes: is missing | FANFARE_ROUTES_0_TOPICS
                    [{topics: a}]                       | routes.0.channels: is missing | at least one
                    [{topics: a, channels: []}]         | routes.0.channels: is missing | at least one
                    [{channels: a}]                     | routes.0.topics: is missing | at least one
                    [{topic: a, channels: b}]           | routes.0.topic: unknown key | did you mean routes.0.topics?
                    {topics: a, channels: b}            | routes.topics: unknown key | did you mean routes.0.topics?
                    [{topics: 'a b', channels: c}]      | routes.0.topics: 'a b' | a topic name
                    [{topics: 'a,b', channels: c}]      | routes.0.topics: 'a,b' | a topic name
                    [{topics: [a, '*'], channels: c}]   | routes.0.topics.1: '*' | a topic name
                    [{topics: a, channels: ['b.{k}']}]  | routes.0.channels.0: 'b.{k}' | {key}
                    [{topics: a, channels: 'b.**'}]     | routes.0.channels: 'b.**' | b.**
                    [{topics: a, channels: ''}]         | routes.0.channels: '' | channel template
                    [{topics: a, channels: b}, a]       | routes.1: unknown key | did you mean routes.1.topics?
                    """)
    void refusesRoutesThatLeadNowhere(String routes, String start, String part) {
        assertRefused("kafka.bootstrap.servers: localhost:9092\nroutes: " + routes + "\n", start, part);
    }

    @Test
    void refusesAScalarForRoutes() {
        assertRefused("kafka.bootstrap.servers: localhost:9092\nroutes: orders\n", "routes: from", "routes.0.topics");
    }

    @Test
    void toleratesSectionsWithoutKeys() {
        assertThatCode(() -> read(NEEDED + "server:\nsession: {}\n")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a: {b: 1, b: 2}          | duplicate key b
                    server: {port: 1         | line
                    - a                      | must hold keys and values
                    just text                | must hold keys and values
                    kafka.x: *hunter2        | quote values that have special characters
                    kafka.x: !hunter2 y      | quote values that have special characters
                    kafka.x: @hunter2        | cannot start any token
                    """)
    void refusesFilesThatAreNotYamlWithoutQuotingThem(String yaml, String part) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("--config: the file " + folder)
                .hasMessageContaining(part)
                .message()
                .doesNotContain("hunter2", "\n");
    }

    @Test
    void refusesFilesThatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> readFile(folder.resolve("none.yaml"))).hasMessageContaining("does not exist");
        var folderLikeAFile = Files.createDirectory(folder.resolve("folder.yaml"));
        assertThatThrownBy(() -> readFile(folderLikeAFile)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> readFile(Files.writeString(folder.resolve("gateway.conf"), "")))
                .hasMessageContaining(".yaml, .yml or .properties");
        assertThatThrownBy(() -> readFile(Files.writeString(folder.resolve("huge.yaml"), " ".repeat((1 << 20) + 1))))
                .hasMessageContaining("larger than 1MiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.sasl.jaas.conf: hunter2",
                "kafka.sasl.jass.config: hunter2",
                "kafka.pasword: hunter2",
                "pasword: hunter2",
                "kafka.ssl.key.passwort: hunter2",
                "kafka.sasl.jaas.config: {a: hunter2}",
                "kafka.ssl.keystore.key: [hunter2]"
            })
    void neverShowsAValueThatMayBeASecret(String yaml) {
        assertThatThrownBy(() -> read(NEEDED + yaml + "\n"))
                .isInstanceOf(ConfigException.class)
                .message()
                .doesNotContain("hunter2");
    }

    private void assertRefused(String yaml, String start, String part) {
        var refused = catchThrowableOfType(ConfigException.class, () -> read(yaml));
        assertThat(refused).as("refusal of %s", yaml).isNotNull();
        assertThat(refused.problems()).as(yaml).anyMatch(line -> line.startsWith(start) && line.contains(part));
    }

    private GatewaySettings read(String yaml) throws IOException {
        return SettingsReaderTest.read(folder, yaml, Map.of(), new Properties());
    }

    private static GatewaySettings readFile(Path file) {
        return SettingsReader.read(Optional.of(file), Map.of(), new Properties());
    }
}
