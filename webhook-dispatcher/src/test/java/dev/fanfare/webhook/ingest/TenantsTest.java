package dev.fanfare.webhook.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantsTest {
    private final RecordHeaders headers = new RecordHeaders();

    @Test
    void takesAnAttribute() {
        assertThat(of("{ce.tenantid}")).isEqualTo("acme");
        assertThat(of("{ce.source}")).isEqualTo("/shop");
        assertThat(of("{ce.type}")).isEqualTo("order.created");
        assertThat(of("{ce.subject}")).as("has none").isEqualTo("default");
        assertThat(of("{ce.other}")).as("has none").isEqualTo("default");
    }

    @Test
    void takesTheLastHeaderOfThatName() {
        header("x-tenant", "first");
        header("x-tenant", "züri");
        header("x-other", "other");
        assertThat(of("{header.x-tenant}")).isEqualTo("züri");
        assertThat(of("{header.X-Tenant}")).as("Kafka's names are exact").isEqualTo("default");
    }

    @Test
    void isTheDefaultTenantsWithoutAHeader() {
        assertThat(of("{header.x-tenant}")).isEqualTo("default");
        headers.add("x-tenant", null);
        assertThat(of("{header.x-tenant}")).isEqualTo("default");
        header("x-tenant", "");
        assertThat(of("{header.x-tenant}")).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({"1,shop", "2,eu", "3,42", "4,default", "99,default"})
    void takesATokenOfTheFirstChannel(int number, String tenant) {
        assertThat(of("{channel." + number + "}", "shop.eu.42", "one.two.three.four"))
                .isEqualTo(tenant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "acme",
                "{tenantid}",
                "{ce.}",
                "{ce.id}",
                "{ce.time}",
                "{ce.tenantId}",
                "{ce.tenantid",
                "{header.}",
                "{header.{x}}",
                "{channel.}",
                "{channel.0}",
                "{channel.-1}",
                "{channel.100}",
                "{channel.one}",
                "t-{channel.1}",
                "{channel.1}{channel.2}",
                " {channel.1}"
            })
    void refusesATemplateThatIsNone(String template) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tenants.parse(template))
                .withMessage("it must be {ce.NAME} (such as {ce.tenantid}), {header.NAME} or {channel.N} (N from 1)");
    }

    private void header(String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    private String of(String template, String... channels) {
        var event = new Event(
                "id",
                "/shop",
                "order.created",
                null,
                null,
                null,
                Instant.EPOCH,
                new byte[0],
                false,
                Map.of("tenantid", "acme"),
                "key",
                "orders",
                0,
                0,
                0);
        return Tenants.parse(template)
                .of(event, headers, Arrays.stream(channels).map(ChannelName::of).toList());
    }

    private String of(String template) {
        return of(template, "orders.42");
    }
}
