package dev.fanfare.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChannelNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders.42", "A-z_0:9@b=c~d", "caf%C3%A9", "a.%2A.b", "%3E%3E", "x%3E", "%25"})
    void acceptsTokensBetweenDots(String value) {
        assertThat(ChannelName.of(value).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""           | has an empty token
            .            | has an empty token
            .a           | has an empty token
            a.           | has an empty token
            a..b         | has an empty token
            a/b          | has '/' at 1: write '.'
            a.*          | has '*' at 2: write %2A
            a.>          | has '>' at 2: write %3E
            a.%3E        | has the token '%3E', which is the wildcard '>': use another name
            %3E.a        | has the token '%3E'
            a b          | has ' ' at 1: write %20
            é            | has 'é' at 0: write %C3%A9
            a%2f         | has '%' at 1: follow it with two of 0-9 A-F, or write %25
            a%           | has '%' at 1
            a%4          | has '%' at 1
            a%41         | has an escape at 1 that needs none: write 'A'
            a%2Eb        | has an escape at 1 that needs none: write '.'
            {key}        | has '{' at 0: write %7B
            """)
    void refusesTheRestAndSaysWhatToWrite(String value, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of(value))
                .withMessageStartingWith("channel name '" + value + "' ")
                .withMessageContaining(fault);
    }

    @Test
    void boundsLengthAndTokens() {
        assertThat(ChannelName.of("x".repeat(255)).value()).hasSize(255);
        assertThat(ChannelName.of("x.".repeat(31) + "x").tokens()).isEqualTo(32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of("x".repeat(256)))
                .withMessageContaining("has 256 characters: use at most 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of("x.".repeat(32) + "x"))
                .withMessageContaining("has 33 tokens: use at most 32");
    }

    @Test
    void keepsHostileNamesOutOfItsSentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of("a\r\nSet-Cookie: x\u0000" + "y".repeat(1_000_000)))
                .satisfies(refusal ->
                        assertThat(refusal.getMessage()).hasSizeLessThan(200).doesNotContain("\n", "\r", "\u0000"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of("a\ud800"))
                .withMessageContaining("at 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelName.of("a\u007f"))
                .withMessageContaining("a control character at 1: write %7F");
    }

    @Test
    void takesItselfApart() {
        var name = ChannelName.of("orders.42.status");
        assertThat(name.tokens()).isEqualTo(3);
        assertThat(name.token(0)).isEqualTo("orders");
        assertThat(name.token(1)).isEqualTo("42");
        assertThat(name.token(2)).isEqualTo("status");
        assertThatThrownBy(() -> name.token(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> name.token(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
