package dev.fanfare.webhook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.events.Routing;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.config.ConfigException;
import dev.fanfare.service.trace.TracingSettings;
import dev.fanfare.webhook.config.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    private static final String NEEDED = """
            kafka: {bootstrap.servers: 'localhost:9092'}
            routes: [{topics: orders, channels: 'orders.{key}'}]
            """;

    private static final WebhookSettings STANDARD = new WebhookSettings(
            WebhookSettings.Server.DEFAULT,
            WebhookSettings.Api.DEFAULT,
            WebhookSettings.Access.DEFAULT,
            WebhookSettings.Portal.DEFAULT,
            Map.of("bootstrap.servers", "localhost:9092"),
            List.of(new Routing.Rule(List.of("orders"), List.of("orders.{key}"))),
            WebhookSettings.Tenant.DEFAULT,
            WebhookSettings.Store.DEFAULT,
            WebhookSettings.Secrets.DEFAULT,
            WebhookSettings.Intake.DEFAULT,
            WebhookSettings.Lane.DEFAULT,
            WebhookSettings.Egress.DEFAULT,
            WebhookSettings.Endpoint.DEFAULT,
            WebhookSettings.Topics.DEFAULT,
            WebhookSettings.Retention.DEFAULT,
            TracingSettings.DEFAULT,
            WebhookSettings.Shutdown.DEFAULT,
            WebhookSettings.Logging.DEFAULT);

    private static final String ISSUERS = """
            access.issuers:
              - issuer: https://id.example.com/
                audience: [webhooks, fanfare]
                jwks-url: https://id.example.com/jwks
            """;

    @TempDir
    Path folder;

    @Test
    void takesDefaultsForAllThatIsNotSet() throws IOException {
        assertThat(read(NEEDED)).usingRecursiveComparison().isEqualTo(STANDARD);
    }

    @Test
    void hasTheDefaultsThatItsPageSays() throws IOException {
        var yaml = new StringBuilder(NEEDED);
        documented().forEach((key, value) -> value.ifPresent(text -> yaml.append("%s: '%s'%n".formatted(key, text))));

        assertThat(read(yaml.toString())).usingRecursiveComparison().isEqualTo(STANDARD);
    }

    @Test
    void hasEachKeyOnItsPage() throws IOException {
        var keys = new TreeSet<String>();
        for (var section : WebhookSettings.class.getRecordComponents()) {
            if (section.getType().isRecord()) {
                keys(kebab(section.getName()), section.getType(), keys);
            }
        }
        assertThat(documented().keySet()).isEqualTo(keys);
    }

    private static void keys(String section, Class<?> type, Set<String> keys) {
        for (var component : type.getRecordComponents()) {
            var key = section + "." + kebab(component.getName());
            if (component.getType().isRecord()) {
                keys(key, component.getType(), keys);
            } else if (key.equals("access.issuers")) {
                Stream.of("issuer", "audience", "jwks-url", "jwks-file", "public-key-file", "secret-file")
                        .map(member -> key + ".N." + member)
                        .forEach(keys::add);
            } else {
                keys.add(key);
            }
        }
    }

    @Test
    void bindsMoreThanLoopbackOnlyWithAToken() throws IOException {
        for (var host : List.of("0.0.0.0", "'::'", "192.0.2.1")) {
            var yaml = "server.host: " + host + "\n";
            assertRefused(yaml, "server.host: '" + host.replace("'", "") + "'", "is not loopback");
            assertRefused(yaml, "server.host: ", "set api.token or access.issuers, or bind 127.0.0.1");
            assertThat(read(NEEDED + yaml + "api.token: 0123456789abcdef\n")
                            .api()
                            .token())
                    .contains("0123456789abcdef");
        }
    }

    @Test
    void bindsMoreThanLoopbackWithIssuers() throws IOException {
        assertThat(read(NEEDED + "server.host: 0.0.0.0\n" + ISSUERS).server().host())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void readsWhoseTokensAreTaken() throws IOException {
        var access = read(NEEDED + ISSUERS + """
                access.clock-skew: 5s
                access.claims: {tenant: org.id, scope: [scp, roles]}
                access.scopes: {read: r, manage: m, operate: 'api://fanfare/o'}
                """).access();
        assertThat(access)
                .isEqualTo(new WebhookSettings.Access(
                        List.of(new IssuerSettings(
                                "https://id.example.com/",
                                List.of("webhooks", "fanfare"),
                                new IssuerSettings.KeySource.JwksUrl(URI.create("https://id.example.com/jwks")))),
                        Duration.ofSeconds(5),
                        new WebhookSettings.Claims("org.id", List.of("scp", "roles")),
                        new WebhookSettings.Scopes("r", "m", "api://fanfare/o")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "'::1'", "localhost"})
    void bindsLoopbackWithoutAToken(String host) throws IOException {
        assertThat(read(NEEDED + "server.host: " + host + "\n").api().token()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            server.host: no-such-host.invalid    | server.host: 'no-    | no such host is known
            server.port: 65536                   | server.port: '65536' | from 0 to 65535
            tenant.template: '{ce.}'             | tenant.template: '{  | such as {ce.tenantid}
            store.connections: 2                 | store.connections: '2' | from 3 to 200
            intake.bytes: 1KiB                   | intake.bytes: '1KiB' | from 1MiB
            lane.wait-max: 31s                   | lane.wait-max: '31s' | from 10ms to 30s
            egress.allow: 10.0.0.0/33            | egress.allow: '10.0.0.0/33' | it is 0 to 32
            egress.allow: 10.0.0.0/8,10.1.0.0/   | egress.allow: '10.0  | no prefix length
            egress.allow: internal.example       | egress.allow: 'inter | write it as 10.1.0.0/16
            egress.allow: 10.0.0.0/8;10.1.0.0/16 | egress.allow: '10.0  | no prefix length
            egress.allow: ','                    | egress.allow: ','    | write it as 10.1.0.0/16
            egress.allow: ''                     | egress.allow: ''     | not blank
            egress.ports: 65536                  | egress.ports: '65536' | from 1 to 65535
            egress.ports: 443;80                 | egress.ports: '443;  | from 1 to 65535
            egress.ports: https                  | egress.ports: 'https' | from 1 to 65535
            egress.ports: ','                    | egress.ports: ','    | from 1 to 65535
            egress.ports: [443, 80]              | egress.ports: from   | it takes one value
            egress.https-only: 'no'              | egress.https-only: 'no' | true or false
            egress.proxy: proxy.example          | egress.proxy: is     | host:port
            egress.proxy: http://proxy:3128      | egress.proxy: is     | host:port
            egress.proxy: proxy:65536            | egress.proxy: is     | host:port
            endpoint.disable-after: 30s          | endpoint.disable-after: '30s' | from 1m
            topics.dead-letter: orders           | topics.dead-letter: 'orders' | a route reads this topic
            topics.operational: a b              | topics.operational: 'a b' | a topic name
            access.issuers: [{audience: a, secret-file: s}]           | access.issuers.0.issuer: | is missing
            access.issuers: [{issuer: a, secret-file: s}]             | access.issuers.0.audience: | is missing
            access.issuers: [{issuer: a, audience: a}]                | access.issuers.0: needs one | secret-file
            access.issuers: [{issuer: a, audience: a, jwks-url: 'http://a.example/'}] | access.issuers.0.jwks-url: 'http | https
            access.clock-skew: 6m                | access.clock-skew: '6m' | from 0s to 5m
            access.claims.tenant: ' '            | access.claims.tenant: ' | not blank
            access.scopes.read: 'a b'            | access.scopes.read: 'a b' | one scope
            access.scopes.manage: webhooks:read  | access.scopes.manage: 'webhooks:read' | one of its own
            access.scopes.operate: webhooks:read | access.scopes.operate: 'webhooks:read' | one of its own
            access.scopes: {read: webhooks:manage} | access.scopes.manage: the default | one of its own
            portal.url: http://hooks.example.com | portal.url: 'http://hooks | http only for localhost
            portal.url: https://a.example/?x=1   | portal.url: 'https://a  | perhaps with a port and a path
            portal.url: hooks.example.com        | portal.url: 'hooks    | it must be https://host
            portal.link-life: 2d                 | portal.link-life: '2d' | from 1s to 1d
            portal.session-life: 30s             | portal.session-life: '30s' | from 1m to 7d
            portal.frame-ancestors: '*'          | portal.frame-ancestors: '*' | an origin such as
            portal.frame-ancestors: "https://a.example; script-src *" | portal.frame-ancestors: 'https | an origin such as
            portal.logo: Acme                    | portal.logo: 'Acme'  | 3 characters
            portal.accent: red                   | portal.accent: 'red' | a colour such as
            kafka.group.id: mine                 | kafka.group.id: from | it is intake.group
            kafka.enable.auto.commit: true       | kafka.enable.auto.commit: from | intake.commit-every
            """)
    void refusesWhatCannotBe(String yaml, String start, String part) {
        assertRefused(yaml, start, part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            egres: {ports: 443}      | egres.ports: unknown key    | did you mean egress.ports?
            access.claims.tenants: t | access.claims.tenants: unknown key | did you mean access.claims.tenant?
            egress.allowed: none     | egress.allowed: unknown key | did you mean egress.allow?
            session.heartbeat: 5s    | session.heartbeat: unknown key | see docs/webhooks.md
            zebra: 1                 | zebra: unknown key          | see docs/webhooks.md
            """)
    void namesAKeyThatIsNone(String yaml, String start, String part) {
        assertRefused(yaml, start, part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.token: hunter2",
                "api.token: 'hunter2 hunter2 hunter2'",
                "api.tokken: hunter2",
                "store.url: 'jdbc:mysql://db/webhooks?password=hunter2'",
                "store.pasword: hunter2",
                "egress.proxy: user:hunter2@proxy.example:3128"
            })
    void neverShowsAValueThatMayBeASecret(String yaml) {
        var refused = refused(yaml);
        assertThat(refused.problems()).singleElement().asString().startsWith(yaml.substring(0, yaml.indexOf(':')));
        assertThat(refused).message().doesNotContain("hunter2");
    }

    private void assertRefused(String yaml, String start, String part) {
        assertThat(refused(yaml).problems())
                .as(yaml)
                .singleElement()
                .asString()
                .startsWith(start)
                .contains(part);
    }

    private ConfigException refused(String yaml) {
        var refused = catchThrowableOfType(ConfigException.class, () -> read(NEEDED + yaml + "\n"));
        assertThat(refused).as("refusal of %s", yaml).isNotNull();
        return refused;
    }

    private WebhookSettings read(String yaml) throws IOException {
        var file = Files.writeString(folder.resolve("webhooks.yaml"), yaml);
        return SettingsReader.read(Optional.of(file), Map.of(), new Properties());
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /// The keys in the table, and what it says that each is when it is not set; empty where it gives no value.
    private static Map<String, Optional<String>> documented() throws IOException {
        var documented = new TreeMap<String, Optional<String>>();
        var page = Files.readString(Path.of("..", "docs", "webhooks.md"));
        page.substring(page.indexOf("### Configuration"), page.indexOf("### Topics"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> {
                    var cells = line.split("\\|", -1);
                    var keys = quoted(cells[1]);
                    var values = quoted(cells[2]);
                    for (int i = 0; i < keys.size(); i++) {
                        documented.put(
                                keys.get(i),
                                values.size() == keys.size() ? Optional.of(values.get(i)) : Optional.empty());
                    }
                });
        return documented;
    }

    private static List<String> quoted(String cell) {
        return Pattern.compile("`([^`]+)`")
                .matcher(cell)
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
