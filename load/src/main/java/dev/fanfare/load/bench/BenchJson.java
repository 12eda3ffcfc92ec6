package dev.fanfare.load.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The figures for programs, with those of each window.
final class BenchJson {
    private BenchJson() {}

    static String of(List<Line> lines, Machine machine) {
        try {
            return new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Map.of(
                            "machine",
                            machine.facts(),
                            "lines",
                            lines.stream().map(BenchJson::line).toList()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, Object> line(Line line) {
        var json = new LinkedHashMap<String, Object>();
        json.put("row", line.row());
        json.put("title", line.title());
        json.put("unit", line.unit());
        json.put("moreIsBetter", line.moreIsBetter());
        var cells = new LinkedHashMap<String, Object>();
        line.cells().forEach((server, cell) -> cells.put(server, cell(cell)));
        json.put("servers", cells);
        return json;
    }

    private static Map<String, Object> cell(Cell cell) {
        var json = new LinkedHashMap<String, Object>();
        cell.median()
                .ifPresentOrElse(
                        median -> {
                            json.put("median", median);
                            json.put("windows", cell.windows());
                        },
                        () -> json.put("why", cell.why()));
        return json;
    }
}
