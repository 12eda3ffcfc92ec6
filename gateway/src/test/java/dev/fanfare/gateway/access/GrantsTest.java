package dev.fanfare.gateway.access;

import static dev.fanfare.gateway.testing.Secured.patterns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanfare.events.ChannelName;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.service.access.Claims;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrantsTest {
    private static Grant grant(String template, String claims) {
        var secured = new Secured();
        secured.grants = new AccessSettings.Grants(List.of(template), List.of());
        return new Grants(secured.access()).of(Claims.parse(claims));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            orders.{sub}.**   ; {"sub":"u1"}                      ; orders.u1.**
            orders.{sub}      ; {"sub":17}                        ; orders.17
            {org.id}.{sub}.*  ; {"sub":"u1","org":{"id":"acme"}}  ; acme.u1.*
            {a.b}             ; {"a.b":"whole","a":{"b":"part"}}  ; whole
            t-{sub}.**        ; {"sub":"auth0|7"}                 ; t-auth0%7C7.**
            {sub}             ; {"sub":"grüße"}                   ; gr%C3%BC%C3%9Fe
            {sub}             ; {"sub":"%3E"}                     ; %253E
            all.**            ; {}                                ; all.**
            """)
    void putsAClaimIntoOneToken(String template, String claims, String pattern) {
        assertThat(grant(template, claims).subscribe()).isEqualTo(patterns(pattern));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "**", ">", "a.b", "a.*", "a/b", ".", "/", "a\\nb", "\\u0000", "a.b.**"})
    void grantsNothingForAClaimThatIsNotOneToken(String value) {
        var grant = grant("orders.{sub}.**", "{\"sub\":\"" + value + "\"}");
        assertThat(grant.subscribe()).isEmpty();
        assertThat(grant.faults()).singleElement().asString().contains("'sub'", "orders.{sub}.**");
    }

    @Test
    void grantsNothingForAClaimThatIsNotThere() {
        for (var claims : List.of("{}", "{\"sub\":null}", "{\"sub\":[\"u1\"]}", "{\"sub\":{\"a\":\"u1\"}}")) {
            assertThat(grant("orders.{sub}", claims).subscribe()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.{sub", "a.sub}", "{}", "a.{x}#", "a..{x}", "a.**.{x}", "{{x}}"})
    void refusesATemplateThatIsNone(String template) {
        assertThatIllegalArgumentException().isThrownBy(() -> GrantTemplate.parse(template));
    }

    @Test
    void takesThePatternsOfTheTokenAndTellsOfThoseThatAreNone() {
        var grant = new Grants(new Secured().access())
                .of(Claims.parse("{\"fanfare\":{\"subscribe\":[\"a.*\",\"b.#\",7],\"publish\":\"c d.**\"}}"));
        assertThat(grant.subscribe()).isEqualTo(patterns("a.*"));
        assertThat(grant.publish()).isEqualTo(patterns("c", "d.**"));
        assertThat(grant.faults()).singleElement().asString().contains("fanfare.subscribe", "'b.#'");
    }

    @Test
    void allowsWhatLiesWhollyInOnePattern() {
        var grant = new Grant(patterns("a.*", "b.**", "c.x"), patterns("p.*"), List.of());
        assertThat(patterns("a.1", "a.*", "b.1", "b.*.2", "b.**", "c.x")).allMatch(grant::maySubscribe);
        assertThat(patterns("a", "a.**", "*.1", "**", "c.*", "c.y", "p.1")).noneMatch(grant::maySubscribe);
        assertThat(grant.mayPublish(Optional.of(ChannelName.of("p.1")))).isTrue();
        assertThat(grant.mayPublish(Optional.of(ChannelName.of("a.1")))).isFalse();
        assertThat(grant.mayPublish(Optional.empty())).isFalse();
    }
}
