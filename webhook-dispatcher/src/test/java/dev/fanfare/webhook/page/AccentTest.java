package dev.fanfare.webhook.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccentTest {
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-f]{6}");

    @Test
    void keepsAColourThatCanBeRead() {
        assertThat(Accent.of("#2F5FD0").orElseThrow().css()).contains("--accent: #2f5fd0;", "--on-accent: #ffffff;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2f5fd0", "#2f5fd", "#2f5fd0;", "red", "#2f5fd0 }", "#gggggg"})
    void takesNothingElse(String text) {
        assertThat(Accent.of(text)).isEmpty();
    }

    @Test
    void canBeReadInBothThemesWhateverItWas() {
        long seed = Long.getLong("fanfare.seed", new Random().nextLong());
        System.out.println("seed: " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var accent = Accent.of("#%06x".formatted(random.nextInt(1 << 24))).orElseThrow();
            var colours = COLOUR.matcher(accent.css())
                    .results()
                    .map(found -> Accent.of(found.group()).orElseThrow())
                    .toList();
            assertThat(colours).hasSize(4);
            assertThat(Accent.contrast(colours.get(0), new Accent(255, 255, 255)))
                    .as("%s", accent)
                    .isGreaterThanOrEqualTo(4.5);
            assertThat(Accent.contrast(colours.get(2), new Accent(24, 30, 39)))
                    .as("%s", accent)
                    .isGreaterThanOrEqualTo(4.5);
            for (int theme = 0; theme < 4; theme += 2) {
                assertThat(Accent.contrast(colours.get(theme), colours.get(theme + 1)))
                        .as("%s", accent)
                        .isGreaterThanOrEqualTo(4.5);
            }
        }
    }
}
