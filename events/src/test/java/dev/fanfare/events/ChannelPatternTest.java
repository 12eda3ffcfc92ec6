package dev.fanfare.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChannelPatternTest {
    @ParameterizedTest
    @CsvSource({
        "orders,      orders,      true",
        "orders,      orders.42,   false",
        "orders.42,   orders,      false",
        "orders.*,    orders.42,   true",
        "orders.*,    orders,      false",
        "orders.*,    orders.42.x, false",
        "orders.*,    order.42,    false",
        "*,           orders,      true",
        "*,           orders.42,   false",
        "*.42,        orders.42,   true",
        "*.42,        orders.421,  false",
        "*.*.x,       a.b.x,       true",
        "*.*.x,       a.b,         false",
        "a.*.c,       a.b.c,       true",
        "a.*.c,       a.b.d,       false",
        "orders.**,   orders.42,   true",
        "orders.**,   orders.4.2,  true",
        "orders.**,   orders,      false",
        "orders.**,   ordersx.42,  false",
        "orders.*.**, orders.42,   false",
        "orders.*.**, orders.4.2,  true",
        "**,          orders,      true",
        "**,          a.b.c.d,     true",
        "orders.>,    orders.4.2,  true",
        "orders.%3E,  orders.4.2,  true",
        "orders.%3e,  orders.4.2,  true",
        "a%2A,        a%2A,        true",
    })
    void matchesAsInNats(String pattern, String name, boolean matches) {
        assertThat(ChannelPattern.parse(pattern).matches(ChannelName.of(name))).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders.**", "orders.>", "orders.%3E", "orders.%3e"})
    void areEqualByTheirCanonicalText(String text) {
        assertThat(ChannelPattern.parse(text))
                .isEqualTo(ChannelPattern.parse("orders.**"))
                .hasSameHashCodeAs(ChannelPattern.parse("orders.**"))
                .isNotEqualTo(ChannelPattern.parse("orders.*"))
                .hasToString("orders.**")
                .satisfies(pattern -> assertThat(pattern.text()).isEqualTo("orders.**"));
    }

    @Test
    void tellsALiteralFromAWildcard() {
        assertThat(ChannelPattern.parse("a.b").isLiteral()).isTrue();
        assertThat(ChannelPattern.parse("a.b").literal()).isEqualTo(ChannelName.of("a.b"));
        for (String text : List.of("a.*", "a.**", "*", "**", ">")) {
            var pattern = ChannelPattern.parse(text);
            assertThat(pattern.isLiteral()).isFalse();
            assertThatIllegalStateException().isThrownBy(pattern::literal);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""        | has an empty token
            a..*      | has an empty token
            *.        | has an empty token
            a.+       | has '+', which is no wildcard here: use '*' for one token, a last '**' for the rest
            +         | use '*' for one token
            "a. .b"   | has ' ', as '+' in a URL is read, which is no wildcard here: use '*' for one token
            a.#       | has '#', which is no wildcard here: use '*' for one token, a last '**' for the rest
            **.a      | has '**' before its end: use '*' for one token there
            a.>.b     | has '>' before its end: use '*'
            a.%3E.b   | has '%3E' before its end
            a.b*      | has a wildcard inside a token: use '*' alone for one token, '**' last for the rest
            a.***     | has a wildcard inside a token
            a.b>      | has a wildcard inside a token
            a/b       | write '.'
            a b       | write %20
            a.%2f     | follow it with two of 0-9 A-F
            """)
    void refusesTheRestAndSaysWhatToWrite(String text, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelPattern.parse(text))
                .withMessageStartingWith("channel pattern '" + text + "' ")
                .withMessageContaining(fault);
    }

    @Test
    void boundsLengthAndTokens() {
        assertThat(ChannelPattern.parse("*.".repeat(31) + "**").text()).hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelPattern.parse("*.".repeat(32) + "**"))
                .withMessageContaining("has 33 tokens: use at most 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelPattern.parse("x".repeat(1_000_000)))
                .withMessageContaining("has 1000000 characters: use at most 255");
    }

    @Test
    void agreesWithARecursiveDefinition() {
        Random random = Seeded.random("agreesWithARecursiveDefinition");
        int matched = 0;
        for (int round = 0; round < Seeded.rounds(20_000); round++) {
            var pattern = tokens(random, "a", "b", "*");
            if (random.nextBoolean()) {
                pattern.add("**");
            }
            var name = tokens(random, "a", "b", "ab");
            boolean expected = matches(pattern, name);
            matched += expected ? 1 : 0;
            assertThat(ChannelPattern.parse(String.join(".", pattern)).matches(ChannelName.of(String.join(".", name))))
                    .as("%s %s", pattern, name)
                    .isEqualTo(expected);
        }
        assertThat(matched).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "orders.**,   orders.42,    true",
        "orders.**,   orders.*,     true",
        "orders.**,   orders.**,    true",
        "orders.**,   orders.*.**,  true",
        "orders.**,   orders,       false",
        "orders.**,   **,           false",
        "orders.*,    orders.*,     true",
        "orders.*,    orders.42,    true",
        "orders.*,    orders.**,    false",
        "orders.*,    *.*,          false",
        "orders.42,   orders.*,     false",
        "*.*,         orders.42,    true",
        "*.**,        **,           false",
        "**,          *.*,          true",
    })
    void coversWhatLiesWhollyInIt(String outer, String inner, boolean covers) {
        assertThat(ChannelPattern.parse(outer).covers(ChannelPattern.parse(inner)))
                .isEqualTo(covers);
    }

    /// All names of up to 5 tokens of a, b, and c, which no pattern has: enough to tell any two of these apart.
    @Test
    void coversExactlyWhatIsMatchedWhereverTheOtherMatches() {
        var names = new ArrayList<ChannelName>();
        for (int length = 1; length <= 5; length++) {
            for (int n = 0; n < Math.pow(3, length); n++) {
                var name = new ArrayList<String>();
                for (int i = 0, rest = n; i < length; i++, rest /= 3) {
                    name.add(List.of("a", "b", "c").get(rest % 3));
                }
                names.add(ChannelName.of(String.join(".", name)));
            }
        }
        Random random = Seeded.random("coversExactlyWhatIsMatchedWhereverTheOtherMatches");
        int covered = 0;
        for (int round = 0; round < Seeded.rounds(5_000); round++) {
            var outer = pattern(random);
            var inner = pattern(random);
            boolean expected = names.stream().filter(inner::matches).allMatch(outer::matches);
            covered += expected ? 1 : 0;
            assertThat(outer.covers(inner)).as("%s covers %s", outer, inner).isEqualTo(expected);
        }
        assertThat(covered).isPositive();
    }

    private static ChannelPattern pattern(Random random) {
        var tokens = new ArrayList<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            tokens.add(List.of("a", "b", "*", "*").get(random.nextInt(4)));
        }
        if (tokens.isEmpty() || random.nextBoolean()) {
            tokens.add("**");
        }
        return ChannelPattern.parse(String.join(".", tokens));
    }

    private static boolean matches(List<String> pattern, List<String> name) {
        if (pattern.isEmpty() || name.isEmpty()) {
            return pattern.isEmpty() && name.isEmpty();
        }
        String first = pattern.getFirst();
        return first.equals("**")
                || ((first.equals("*") || first.equals(name.getFirst()))
                        && matches(pattern.subList(1, pattern.size()), name.subList(1, name.size())));
    }

    private static List<String> tokens(Random random, String... choice) {
        var tokens = new ArrayList<String>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            tokens.add(choice[random.nextInt(choice.length)]);
        }
        return tokens;
    }
}
