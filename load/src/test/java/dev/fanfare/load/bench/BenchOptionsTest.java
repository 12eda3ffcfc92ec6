package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rows cost-sse,cost-see | --rows has no 'cost-see': use some of keepup-sse, keepup-ws",
                "--servers nginx | --servers has no 'nginx': use some of gateway, raw, nchan, nchan2, pushpin",
                "--scale 0 | --scale 0.0: use more than 0, and 10 at most",
                "--scale x | Invalid value for option '--scale': 'x' is not a double",
                "--windows 0 | --windows 0: use at least 1",
                "--window 0 | --window 0.0: use at least 0.1 seconds",
                "--settle=-1 | --settle -1.0: use at least 0 seconds",
                "--steps 0 | --steps 0: use at least 1",
                "--row cost-sse | Unknown options: '--row', 'cost-sse'"
            })
    void misuseIsRefusedWithTheOptionAndTheFix(String options, String message) {
        assertThat(run(options.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(message, "fanfare bench --help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void listsItsRows() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString()).contains("cost-sse", "latency-many").doesNotContain("CPU s");
    }

    private int run(String... arguments) {
        return Bench.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
