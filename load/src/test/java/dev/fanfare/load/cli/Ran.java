package dev.fanfare.load.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a command line has come to.
record Ran(int status, String out, String err) {
    private static final Map<String, String> USUAL =
            Map.of("--publisher", "http", "--rate", "100", "--warm-up", "200ms", "--duration", "1s");

    static Ran of(List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }

    /// Three sessions and 100 events a second for a second, behind a warm-up of 200 ms; all right.
    static Ran fanout(String... more) throws IOException {
        return fanout(Fault.none(), more);
    }

    static Ran fanout(Fault fault, String... more) throws IOException {
        try (var server = new PlantedServer(fault, Manner.PLAIN)) {
            var given = List.of(more);
            var arguments = new ArrayList<>(List.of("fanout", "--url", server.url(), "--json", "--sessions", "3"));
            USUAL.forEach((option, value) -> {
                if (!given.contains(option)) {
                    arguments.addAll(List.of(option, value));
                }
            });
            arguments.addAll(List.of(more));
            return of(arguments);
        }
    }

    /// The last line.
    JsonNode json() throws JsonProcessingException {
        return new ObjectMapper().readTree(out.substring(out.strip().lastIndexOf('\n') + 1));
    }
}
