package dev.fanfare.quickstart;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What was asked of `fanfare up`.
///
/// @param port of the gateway
/// @param kafkaPort of the embedded broker
/// @param demo whether the demo publisher runs
/// @param kafka an existing cluster's bootstrap servers; none: the embedded broker is started
record Options(int port, int kafkaPort, boolean demo, Optional<String> kafka) {
    private static final Pattern SERVERS = Pattern.compile("[^\\s,:\"]+:\\d{1,5}(,[^\\s,:\"]+:\\d{1,5})*");

    /// An option that is not understood; the message names it and what would be.
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message, null, false, false);
        }
    }

    static Options parse(List<String> args) {
        int port = 8080;
        Optional<Integer> kafkaPort = Optional.empty();
        boolean demo = true;
        Optional<String> kafka = Optional.empty();
        var rest = new ArrayDeque<String>();
        // --port=9000 is --port 9000
        args.forEach(arg -> rest.addAll(List.of(arg.startsWith("--") ? arg.split("=", 2) : new String[] {arg})));
        while (!rest.isEmpty()) {
            var option = rest.remove();
            switch (option) {
                case "--port" -> port = port(option, rest.poll());
                case "--kafka-port" -> kafkaPort = Optional.of(port(option, rest.poll()));
                case "--no-demo" -> demo = false;
                case "--kafka" -> kafka = Optional.of(servers(rest.poll()));
                default ->
                    throw new UsageException(
                            "unknown option '%s'; up takes --port N, --kafka-port N, --no-demo, ".formatted(option)
                                    + "--kafka HOST:PORT");
            }
        }
        if (kafka.isPresent() && kafkaPort.isPresent()) {
            throw new UsageException("--kafka names an existing cluster, so no broker is started: drop --kafka-port");
        }
        return new Options(port, kafkaPort.orElse(9092), demo, kafka);
    }

    private static int port(String option, @Nullable String value) {
        if (value == null
                || !value.matches("\\d{1,5}")
                || Integer.parseInt(value) < 1
                || Integer.parseInt(value) > 65_535) {
            throw new UsageException("%s takes a port from 1 to 65535, not %s"
                    .formatted(option, value == null ? "nothing" : "'" + value + "'"));
        }
        return Integer.parseInt(value);
    }

    private static String servers(@Nullable String value) {
        if (value == null || !SERVERS.matcher(value).matches()) {
            throw new UsageException("--kafka takes HOST:PORT, several with commas between them, not %s"
                    .formatted(value == null ? "nothing" : "'" + value + "'"));
        }
        return value;
    }

    /// Where gateway and demo find Kafka.
    String bootstrapServers() {
        return kafka.orElse("127.0.0.1:" + kafkaPort);
    }
}
