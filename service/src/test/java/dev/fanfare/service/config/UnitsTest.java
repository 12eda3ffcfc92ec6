package dev.fanfare.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"PT5S,5000", "pt0.5s,500", "250ms,250", "5s,5000", "2m,120000", "1h,3600000", "7d,604800000"})
    void readsDurations(String text, long millis) {
        assertThat(Units.duration(text)).contains(Duration.ofMillis(millis));
        assertThat(Units.duration(Units.show(Duration.ofMillis(millis)))).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "", "-5s", "5 s", "5S", "1w", "1.5s", "P", "PTS", "PT9999999999999999999S", "5s5"})
    void refusesOtherDurations(String text) {
        assertThat(Units.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "65536,65536",
        "64KiB,65536",
        "64 KiB,65536",
        "1MiB,1048576",
        "2GiB,2147483648",
        "64KB,64000",
        "1MB,1000000",
        "5B,5"
    })
    void readsSizes(String text, long bytes) {
        assertThat(Units.size(text)).contains(bytes);
        assertThat(Units.size(Units.show(bytes))).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5MiB", "1mib", "1M", "KiB", "1000000000000000000"})
    void refusesOtherSizes(String text) {
        assertThat(Units.size(text)).isEmpty();
    }
}
