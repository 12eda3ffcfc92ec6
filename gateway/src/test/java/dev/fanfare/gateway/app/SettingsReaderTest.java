package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.GatewaySettings.OnDemand;
import dev.fanfare.gateway.config.TlsSettings.ClientAuth;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.access.IssuerSettings.KeySource;
import dev.fanfare.service.config.Layer;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.log.LogFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    static final String NEEDED = """
            kafka: {bootstrap.servers: 'localhost:9092'}
            routes: [{topics: orders, channels: 'orders.{key}'}]
            """;

    @TempDir
    Path folder;

    @Test
    void takesDefaultsForAllThatIsNotSet() throws IOException {
        var settings = read(NEEDED);

        assertThat(SettingsKeys.of(settings)).isEqualTo(SettingsKeys.defaults());
        assertThat(settings.kafka()).containsOnly(Map.entry("bootstrap.servers", "localhost:9092"));
        assertThat(settings.routes()).containsExactly(new Routing.Rule(List.of("orders"), List.of("orders.{key}")));
    }

    @Test
    void needsNoFile() {
        var settings = SettingsReader.read(Optional.empty(), needed(), new Properties());

        assertThat(settings.kafka()).containsEntry("bootstrap.servers", "localhost:9092");
        assertThat(settings.routes()).containsExactly(new Routing.Rule(List.of("orders"), List.of("orders.{key}")));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void putsEachKeyWhereItBelongsFromEachLayer(String key) throws IOException {
        var changed = changed(key);
        var expected = new HashMap<>(SettingsKeys.defaults());
        expected.put(key, changed);
        var text = written(changed);

        var environment = Map.of("FANFARE_" + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), text);
        var properties = new Properties();
        properties.setProperty("fanfare." + key, text);

        assertThat(SettingsKeys.of(read(NEEDED, Map.of(), properties))).isEqualTo(expected);
        assertThat(SettingsKeys.of(read(NEEDED, environment, new Properties()))).isEqualTo(expected);
        assertThat(SettingsKeys.of(read(NEEDED + key + ": '" + text + "'\n"))).isEqualTo(expected);
    }

    static List<String> keys() {
        return List.copyOf(SettingsKeys.defaults().keySet());
    }

    @Test
    void hasADifferentVariableForEachKey() {
        var layer = Layer.environment(Map.of());
        var names = new HashSet<String>();
        keys().forEach(key -> assertThat(names.add(layer.name(key))).as(key).isTrue());
    }

    @Test
    void prefersSystemPropertiesToVariablesToTheFile() throws IOException {
        var yaml = NEEDED + "server: {port: 1, backlog: 1, connections-max: 1}\n";
        var environment = Map.of(
                "FANFARE_SERVER_PORT",
                "2",
                "FANFARE_SERVER_BACKLOG",
                "2",
                "FANFARE_KAFKA_CLIENT_ID",
                "from-environment");
        var system = new Properties();
        system.setProperty("fanfare.server.port", "3");
        system.setProperty("fanfare.kafka.bootstrap.servers", "elsewhere:1");

        var settings = read(yaml, environment, system);

        assertThat(settings.server().port()).isEqualTo(3);
        assertThat(settings.server().backlog()).isEqualTo(2);
        assertThat(settings.server().connectionsMax()).isEqualTo(1);
        assertThat(settings.kafka())
                .containsOnly(
                        Map.entry("bootstrap.servers", "elsewhere:1"), Map.entry("client.id", "from-environment"));
    }

    @Test
    void takesRoutesWholeFromTheHighestLayer() throws IOException {
        var yaml = """
                kafka: {bootstrap.servers: 'localhost:9092'}
                routes: [{topics: [a, b], channels: [x, y]}, {topics: c, channels: z}]
                """;

        var settings = read(
                yaml, Map.of("FANFARE_ROUTES_0_TOPICS_0", "d", "FANFARE_ROUTES_0_CHANNELS", "w"), new Properties());

        assertThat(settings.routes()).containsExactly(new Routing.Rule(List.of("d"), List.of("w")));
        assertThat(read(yaml).routes())
                .containsExactly(
                        new Routing.Rule(List.of("a", "b"), List.of("x", "y")),
                        new Routing.Rule(List.of("c"), List.of("z")));
    }

    @Test
    void keepsTheOrderOfMoreThanTenRoutes() {
        var environment = new HashMap<>(needed());
        for (int i = 0; i < 12; i++) {
            environment.put("FANFARE_ROUTES_" + i + "_TOPICS", "t" + i);
            environment.put("FANFARE_ROUTES_" + i + "_CHANNELS", "c" + i);
        }

        var routes = SettingsReader.read(Optional.empty(), environment, new Properties())
                .routes();

        assertThat(routes)
                .extracting(route -> route.topics().getFirst())
                .startsWith("t0", "t1", "t2")
                .endsWith("t11");
    }

    @Test
    void readsPropertiesFiles() throws IOException {
        var file = Files.writeString(folder.resolve("gateway.properties"), """
                kafka.bootstrap.servers=localhost:9092
                kafka.config.providers=file
                kafka.config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                kafka.sasl.jaas.config=${file:/run/secrets:jaas}
                routes.0.topics=orders
                routes.0.channels.0={topic}.{key}
                routes.0.channels.1=all
                """);

        var settings = SettingsReader.read(Optional.of(file), Map.of(), new Properties());

        assertThat(settings.routes())
                .containsExactly(new Routing.Rule(List.of("orders"), List.of("{topic}.{key}", "all")));
        assertThat(settings.kafka())
                .containsEntry("sasl.jaas.config", "${file:/run/secrets:jaas}")
                .containsEntry("config.providers", "file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka: {bootstrap: {servers: 'a:1,b:2'}, ssl: {endpoint: {identification: {algorithm: ''}}}}",
                "kafka: {'bootstrap.servers': 'a:1,b:2', 'ssl.endpoint.identification.algorithm': ''}",
                "kafka.bootstrap.servers: a:1,b:2\nkafka.ssl: {endpoint.identification.algorithm: ''}"
            })
    void flattensKafkaSettingsHoweverTheyAreNested(String kafka) throws IOException {
        var settings = read("routes: [{topics: a, channels: b}]\n" + kafka);

        assertThat(settings.kafka())
                .containsOnly(
                        Map.entry("bootstrap.servers", "a:1,b:2"),
                        Map.entry("ssl.endpoint.identification.algorithm", ""));
    }

    @Test
    void leavesReferencesToKafkasConfigProviders() throws IOException {
        var settings = read(NEEDED + "server.port: 1234\nkafka.client.id: '${server.port}'\n");

        assertThat(settings.kafka()).containsEntry("client.id", "${server.port}");
    }

    @Test
    void passesAPluginsOwnSettingsThrough() throws IOException {
        var settings = read(NEEDED + "kafka.sasl.vault.address: 'https://vault'\n");

        assertThat(settings.kafka()).containsEntry("sasl.vault.address", "https://vault");
    }

    @Test
    void leavesAloneWhatKubernetesSets() {
        var environment = new HashMap<>(needed());
        environment.putAll(Map.of(
                "FANFARE_SERVICE_HOST", "10.0.0.1",
                "FANFARE_SERVICE_PORT", "80",
                "FANFARE_SERVICE_PORT_HTTP", "80",
                "FANFARE_PORT", "tcp://10.0.0.1:80",
                "FANFARE_PORT_80_TCP", "tcp://10.0.0.1:80",
                "FANFARE_PORT_80_TCP_ADDR", "10.0.0.1",
                "FANFARE_SERVER_PORT", "tcp://10.0.0.2:80",
                "FANFARE_SERVER_SERVICE_HOST", "10.0.0.2",
                "PATH", "/bin"));

        var settings = SettingsReader.read(Optional.empty(), environment, new Properties());

        assertThat(settings.server().port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "'::1'", "'[::1]'", "0.0.0.0", "'::'", "192.0.2.1"})
    void bindsAnyAddress(String host) {
        assertThatCode(() -> read(NEEDED + "server.host: " + host + "\n")).doesNotThrowAnyException();
    }

    @Test
    void readsWhoIsTrusted() throws IOException {
        var issuers = read(NEEDED + """
                        access:
                          issuers:
                            - {issuer: 'https://a', audience: fanfare, jwks-url: 'https://a/keys'}
                            - {issuer: b, audience: [x, 'y'], secret-file: /run/b}
                            - {issuer: c, audience: z, jwks-file: c.json}
                            - {issuer: d, audience: z, public-key-file: d.pem}
                        """).access().issuers();

        assertThat(issuers)
                .containsExactly(
                        new IssuerSettings(
                                "https://a", List.of("fanfare"), new KeySource.JwksUrl(URI.create("https://a/keys"))),
                        new IssuerSettings("b", List.of("x", "y"), new KeySource.SecretFile(Path.of("/run/b"))),
                        new IssuerSettings("c", List.of("z"), new KeySource.JwksFile(Path.of("c.json"))),
                        new IssuerSettings("d", List.of("z"), new KeySource.PublicKeyFile(Path.of("d.pem"))));
    }

    @Test
    void takesIssuersWholeFromTheHighestLayer() throws IOException {
        var environment = Map.of(
                "FANFARE_ACCESS_ISSUERS_0_ISSUER", "b",
                "FANFARE_ACCESS_ISSUERS_0_AUDIENCE", "y",
                "FANFARE_ACCESS_ISSUERS_0_JWKS_URL", "http://localhost:1/keys");

        var issuers = read(
                        NEEDED + "access.issuers: [{issuer: a, audience: x, secret-file: s}]\n",
                        environment,
                        new Properties())
                .access()
                .issuers();

        assertThat(issuers)
                .containsExactly(new IssuerSettings(
                        "b", List.of("y"), new KeySource.JwksUrl(URI.create("http://localhost:1/keys"))));
    }

    private static Object changed(String key) {
        return switch (SettingsKeys.defaults().get(key)) {
            case Integer number -> number + 1;
            case Long number -> number + 1;
            case Boolean flag -> !flag;
            case Duration duration -> duration.plusMillis(1);
            case Optional<?> none when key.equals("tracing.endpoint") -> Optional.of("http://changed:4318/v1/traces");
            case Optional<?> none -> Optional.of("changed");
            case ClientAuth _ -> ClientAuth.NEED;
            case Policy _ -> Policy.DROP_OLDEST;
            case LogFormat _ -> LogFormat.JSON;
            case OnDemand _ -> OnDemand.KEYS;
            case List<?> all when key.endsWith(".allowed") -> List.of(Policy.DROP_OLDEST, Policy.RESUME);
            case List<?> both when key.endsWith(".protocols") -> List.of("TLSv1.2");
            case List<?> none
            when key.startsWith("access.anonymous.") || key.startsWith("cluster.presence.") ->
                List.of(ChannelPattern.parse("changed"), ChannelPattern.parse("too.*"));
            case List<?> none when key.endsWith(".origins") -> List.of("https://changed", "http://too");
            case List<?> none when key.equals("server.trusted-proxies") -> List.of("10.0.0.0/8", "fd00::1");
            case List<?> none -> List.of("changed.{sub}", "too.**");
            case String text -> key.equals("server.host") ? "127.0.0.2" : "changed";
            case null, default -> throw new AssertionError("no other value for " + key);
        };
    }

    private static String written(Object value) {
        return value instanceof Duration duration ? Units.show(duration) : SettingsKeys.text(value);
    }

    private static Map<String, String> needed() {
        return Map.of(
                "FANFARE_KAFKA_BOOTSTRAP_SERVERS", "localhost:9092",
                "FANFARE_ROUTES_0_TOPICS", "orders",
                "FANFARE_ROUTES_0_CHANNELS", "orders.{key}");
    }

    private GatewaySettings read(String yaml) throws IOException {
        return read(yaml, Map.of(), new Properties());
    }

    private GatewaySettings read(String yaml, Map<String, String> environment, Properties system) throws IOException {
        return read(folder, yaml, environment, system);
    }

    /// Reads a file that is made of this.
    static GatewaySettings read(Path folder, String yaml, Map<String, String> environment, Properties system)
            throws IOException {
        var file = Files.writeString(folder.resolve("gateway.yaml"), yaml);
        return SettingsReader.read(Optional.of(file), environment, system);
    }
}
