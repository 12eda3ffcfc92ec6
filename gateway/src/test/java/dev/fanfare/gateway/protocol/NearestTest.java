package dev.fanfare.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("channel", "cursor", "since", "last", "transport", "format");

    @ParameterizedTest
    @CsvSource({
        "chanel, channel",
        "CHANNEL, channel",
        "topic, channel",
        "lst, last",
        "curser, cursor",
        "transprot, transport",
        "fromat, format"
    })
    void findsWhatWasMeant(String given, String meant) {
        assertThat(Nearest.of(given, KNOWN)).contains(meant);
    }

    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Nearest.of("authorization", KNOWN)).isEmpty();
        assertThat(Nearest.of("x".repeat(100_000), KNOWN)).isEmpty();
    }

    @Test
    void tellsTheNearestNameOrAllOfThem() {
        assertThat(Nearest.unknownParameter("topic", KNOWN).detail())
                .isEqualTo("parameter 'topic' is not known: did you mean 'channel'?");
        assertThat(Nearest.unknownParameter("authorization", KNOWN).detail())
                .isEqualTo("parameter 'authorization' is not known: "
                        + "known are: channel, cursor, format, last, since, transport");
    }
}
