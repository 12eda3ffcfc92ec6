package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Machine MACHINE = new Machine(Map.of("commit", "abc"));

    private final Line cost =
            line("CPU, p99 < 500 ms", "gateway", Cell.of(List.of(9.0, 30.0, 10.0)), "raw", Cell.of(List.of(4.0, 6.0)));
    private final Line kept =
            line("kept up", "gateway", Cell.of(List.of(123_456.0)), "pushpin", Cell.none("not kept up"));

    @Test
    void theTableHasMediansAndTheGatewaysMultiples() {
        assertThat(MarkdownTable.of(List.of(cost, kept), MACHINE))
                .startsWith("""
                | | | gateway | raw | pushpin |
                |---|---|--:|--:|--:|
                | CPU, p99 < 500 ms | s | 10.0 | 5.00 (2.00×) | – |
                | kept up | s | 123,500 | – | not kept up |
                """)
                .contains("- commit: abc");
    }

    @Test
    void aLineStandsForItself() {
        assertThat(MarkdownTable.line(cost)).isEqualTo("row  CPU, p99 < 500 ms, s:  gateway 10.0  raw 5.00 (2.00×)");
    }

    @Test
    void theFiguresHaveEachWindow() throws Exception {
        var lines = new ObjectMapper()
                .readTree(BenchJson.of(List.of(cost, kept), MACHINE))
                .get("lines");
        assertThat(lines.get(0).get("servers").get("gateway"))
                .hasToString("{\"median\":10.0,\"windows\":[9.0,30.0,10.0]}");
        assertThat(lines.get(1).get("servers").get("pushpin")).hasToString("{\"why\":\"not kept up\"}");
    }

    @Test
    void theChartIsOneXmlDocumentWithABarForEachFigure() throws Exception {
        var svg = Chart.of(List.of(cost, kept));
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(3);
        assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("href");
    }

    private static Line line(String title, String one, Cell first, String other, Cell second) {
        var cells = new LinkedHashMap<String, Cell>();
        cells.put(one, first);
        cells.put(other, second);
        return new Line("row", title, "s", false, cells);
    }
}
