package dev.fanfare.events;

import static dev.fanfare.events.Records.headers;
import static dev.fanfare.events.Records.record;
import static dev.fanfare.events.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanfare.events.Routing.Rule;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoutingTest {
    private final EventDecoder decoder = new EventDecoder();

    @Test
    void fillsTemplatesFromAllPartsOfARecord() throws UndecodableException {
        var headers = headers(
                "ce_specversion", "1.0",
                "ce_id", "id-1",
                "ce_source", "/shop/eu",
                "ce_type", "com.example.placed",
                "ce_subject", "4711",
                "ce_tenant", "acme",
                "region", "old",
                "region", "eu/west");
        var record = record(utf8("42"), utf8("{}"), headers);
        assertThat(channels(
                        record,
                        "all",
                        "{topic}",
                        "{topic}.{key}",
                        "by-region.{header.region}",
                        "{ce.type}",
                        "s:{ce.subject}",
                        "{ce.tenant}-{key}.{ce.id}",
                        "x{ce.source}"))
                .containsExactly(
                        "all",
                        "orders",
                        "orders.42",
                        "by-region.eu.west",
                        "com.example.placed",
                        "s:4711",
                        "acme-42.id-1",
                        "x.shop.eu");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            42              | k.42
            a.b             | k.a.b
            a/b             | k.a.b
            a b             | k.a%20b
            *               | k.%2A
            **              | k.%2A%2A
            a>b             | k.a%3Eb
            a.*             | k.a.%2A
            +#              | k.%2B%23
            %               | k.%25
            %2A             | k.%252A
            %3E             | k.%253E
            größe           | k.gr%C3%B6%C3%9Fe
            😀              | k.%F0%9F%98%80
            -_:@=~          | k.-_:@=~
            {key}           | k.%7Bkey%7D
            """)
    void escapesWhatIsNoChannelCharacter(String key, String channel) throws UndecodableException {
        assertThat(channels(record(utf8(key), utf8("x"), headers("h", key)), "k.{key}", "k.{header.h}"))
                .as("the same from a key and from a header")
                .containsExactly(channel);
    }

    @ParameterizedTest
    @CsvSource({"''", ".", "/", ".a", "a/", "a//b", "a./b", ">", "a.>", "a/>/b"})
    void yieldsNothingForAKeyThatMakesNoName(String key) throws UndecodableException {
        assertThat(channels(record(utf8(key), utf8("x"), new RecordHeaders()), "{key}", "k.{key}", "{key}.k"))
                .isEmpty();
    }

    @Test
    void yieldsNothingThatIsTooLong() throws UndecodableException {
        var key = record(utf8("x".repeat(253)), utf8("x"), new RecordHeaders());
        assertThat(channels(key, "k.{key}")).hasSize(1);
        var longer = record(utf8("x".repeat(254)), utf8("x"), new RecordHeaders());
        assertThat(channels(longer, "k.{key}")).isEmpty();
        var huge = record(utf8("é".repeat(1_000_000)), utf8("x"), headers("h", "*".repeat(1_000_000)));
        assertThat(channels(huge, "k.{key}", "{header.h}", "rest")).containsExactly("rest");
        var tokens = record(utf8("x.".repeat(31) + "x"), utf8("x"), new RecordHeaders());
        assertThat(channels(tokens, "{key}")).hasSize(1);
        assertThat(channels(tokens, "k.{key}")).isEmpty();
    }

    @Test
    void skipsATemplateWithAMissingPart() throws UndecodableException {
        var record = record(null, utf8("x"), headers("empty", "").add("nothing", null));
        assertThat(channels(
                        record,
                        "k.{key}",
                        "h.{header.h}",
                        "e.{header.empty}",
                        "n.{header.nothing}",
                        "s.{ce.subject}",
                        "e.{ce.tenant}",
                        "t.{ce.type}"))
                .containsExactly("t.dev.fanfare.record");
        assertThat(channels(record, "k.{key}")).isEmpty();
        assertThat(channels(record(utf8(""), utf8("x"), headers("h", "")), "k-{key}", "h-{header.h}"))
                .as("empty is as good as missing")
                .isEmpty();
    }

    @Test
    void escapesHeadersThatAreNotUtf8ByteByByte() throws UndecodableException {
        var headers = new RecordHeaders().add("h", new byte[] {'a', (byte) 0xFF, 0});
        assertThat(channels(record(null, utf8("x"), headers), "{header.h}")).containsExactly("a%FF%00");
    }

    @Test
    void givesEachChannelOnceInTheOrderOfTheRules() throws UndecodableException {
        var routing = Routing.of(List.of(
                new Rule(List.of("orders", "prices"), List.of("b", "a.{key}")),
                new Rule(List.of("orders"), List.of("a.k", "{topic}", "b"))));
        var record = record(utf8("k"), utf8("x"), new RecordHeaders());
        assertThat(routing.channels(decoder.decode(record), record.headers()))
                .extracting(ChannelName::value)
                .containsExactly("b", "a.k", "orders");
        assertThat(routing.topics()).containsExactly("orders", "prices");
    }

    @Test
    void knowsNothingOfOtherTopics() throws UndecodableException {
        var routing = Routing.of(List.of(new Rule(List.of("prices"), List.of("{topic}"))));
        var record = record("x");
        assertThat(routing.channels(decoder.decode(record), record.headers())).isEmpty();
        assertThat(routing.canYield("orders", ChannelPattern.parse("**"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "all,               all,            true",
        "all,               *,              true",
        "all,               other,          false",
        "all,               all.*,          false",
        "{topic},           orders,         true",
        "{topic},           prices,         false",
        "{topic}.{key},     orders.42,      true",
        "{topic}.{key},     orders.4.2,     true",
        "{topic}.{key},     orders,         false",
        "{topic}.{key},     prices.42,      false",
        "{topic}.{key},     prices.**,      false",
        "{topic}.{key},     orders.**,      true",
        "{topic}.{key},     *.42,           true",
        "{topic}.{key},     *,              false",
        "{topic}.{key},     **,             true",
        "{key},             anything,       true",
        "{key},             any.thing,      true",
        "o{key}.x,          orders,         false",
        "o{key}.x,          orders.x,       true",
        "o{key}.x,          o.x,            true",
        "o{key}.x,          prices.x,       false",
        "o{key}.x,          prices.**,      false",
        "a.b.{key},         a.*,            false",
        "a.b.{key},         a.*.c,          true",
        "a.b.{key},         a.c.**,         false",
        "a.b.{key},         a.b.c.d.e.**,   true",
    })
    void saysWhichSubscriptionsATopicCanFeed(String template, String pattern, boolean can) {
        var routing = Routing.of(List.of(new Rule(List.of("orders"), List.of(template))));
        assertThat(routing.canYield("orders", ChannelPattern.parse(pattern))).isEqualTo(can);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""               | has an empty token
            a..{key}         | has an empty token
            .{key}           | has an empty token
            a.*              | has '*' at 2: write %2A
            a.>              | has '>' at 2
            a.{key           | has '{' at 2 without '}': use {topic}, {key}
            a.key}           | has '}' at 5 without '{'
            {kee}            | has the unknown part '{kee}': use {topic}, {key}, {header.NAME}, {ce.type}
            {header.}        | has the unknown part '{header.}'
            {ce.}            | has the unknown part '{ce.}'
            {ce.Type}        | has the unknown part '{ce.Type}'
            {ce.data}        | has the unknown part '{ce.data}'
            {ce.time}        | has the unknown part '{ce.time}'
            {}               | has the unknown part '{}'
            é.{key}          | write %C3%A9
            a%4{key}         | follow it with two of 0-9 A-F
            """)
    void refusesABadTemplateAtStart(String template, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Routing.of(List.of(new Rule(List.of("orders"), List.of(template)))))
                .withMessageStartingWith("channel template '" + template + "' ")
                .withMessageContaining(fault);
    }

    @Test
    void refusesBadTopicsAndEmptyRulesAtStart() {
        for (String topic : List.of("", "orders.*", "a/b", ".", "..", "x".repeat(250))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Routing.of(List.of(new Rule(List.of(topic), List.of("a")))))
                    .withMessageContaining("name each topic literally");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Routing.of(List.of(new Rule(List.of("a..b"), List.of("{topic}.{key}")))))
                .withMessageContaining("has an empty token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Routing.of(List.of(new Rule(List.of(), List.of("a")))))
                .withMessageContaining("name at least one of each");
    }

    private List<String> channels(ConsumerRecord<byte[], byte[]> record, String... templates)
            throws UndecodableException {
        var routing = Routing.of(List.of(new Rule(List.of("orders"), List.of(templates))));
        return routing.channels(decoder.decode(record), record.headers()).stream()
                .map(ChannelName::value)
                .toList();
    }

    @Test
    void tellsTheKeysBehindAChannelWhereKeysAloneDecide() {
        var routing = Routing.of(List.of(
                new Routing.Rule(List.of("t"), List.of("{topic}.{key}.x", "by.{key}")),
                new Routing.Rule(List.of("u"), List.of("u.{key}", "u.{header.h}")),
                new Routing.Rule(List.of("v"), List.of("v.all", "v.{key}.{key}"))));

        assertThat(keys(routing, "t", "t.a.x")).contains(Set.of("a"));
        assertThat(keys(routing, "t", "by.a%20%C3%A9")).contains(Set.of("a \u00e9"));
        assertThat(keys(routing, "t", "by.a.b")).contains(Set.of("a.b", "a/b"));
        assertThat(keys(routing, "t", "t.a.y")).contains(Set.of());
        assertThat(keys(routing, "t", "by.a.b.c.d.e")).isEmpty();
        assertThat(keys(routing, "u", "u.a")).isEmpty();
        assertThat(keys(routing, "v", "v.all")).isEmpty();
        assertThat(keys(routing, "v", "v.a.a")).isEmpty();
    }

    private static Optional<Set<String>> keys(Routing routing, String topic, String channel) {
        return routing.keys(topic, ChannelPattern.parse(channel));
    }
}
