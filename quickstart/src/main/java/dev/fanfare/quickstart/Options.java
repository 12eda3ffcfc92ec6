package dev.fanfare.quickstart;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What was asked of `fanfare up`.
///
/// @param port of the gateway
/// @param kafkaPort of the embedded broker
/// @param demo whether the demo publisher runs
/// @param kafka an existing cluster's bootstrap servers; none: the embedded broker is started
/// @param webhooks none: no dispatcher and no receiver
/// @param consolePort of the gateway's operators; none: there is no console
record Options(
        int port,
        int kafkaPort,
        boolean demo,
        Optional<String> kafka,
        Optional<Webhooks> webhooks,
        Optional<Integer> consolePort) {
    private static final Pattern SERVERS = Pattern.compile("[^\\s,:\"]+:\\d{1,5}(,[^\\s,:\"]+:\\d{1,5})*");

    /// @param port of the dispatcher
    /// @param receiverPort of the sample receiver
    record Webhooks(int port, int receiverPort) {
        static final Webhooks DEFAULT = new Webhooks(8090, 8099);

        /// Where the dispatcher finds the receiver.
        String receiverUrl() {
            return "http://127.0.0.1:%d/".formatted(receiverPort);
        }
    }

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
        boolean webhooks = true;
        Optional<Integer> webhooksPort = Optional.empty();
        Optional<Integer> receiverPort = Optional.empty();
        Optional<Integer> consolePort = Optional.empty();
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
                case "--no-webhooks" -> webhooks = false;
                case "--webhooks-port" -> webhooksPort = Optional.of(port(option, rest.poll()));
                case "--receiver-port" -> receiverPort = Optional.of(port(option, rest.poll()));
                case "--console-port" -> consolePort = Optional.of(port(option, rest.poll()));
                default ->
                    throw new UsageException(
                            "unknown option '%s'; up takes --port N, --kafka-port N, --no-demo, ".formatted(option)
                                    + "--kafka HOST:PORT, --webhooks-port N, --receiver-port N, --no-webhooks, --console-port N");
            }
        }
        if (kafka.isPresent() && kafkaPort.isPresent()) {
            throw new UsageException("--kafka names an existing cluster, so no broker is started: drop --kafka-port");
        }
        if (!webhooks && (webhooksPort.isPresent() || receiverPort.isPresent())) {
            throw new UsageException("--no-webhooks starts no dispatcher and no receiver: drop %s"
                    .formatted(webhooksPort.isPresent() ? "--webhooks-port" : "--receiver-port"));
        }
        var ports = new Webhooks(
                webhooksPort.orElse(Webhooks.DEFAULT.port()), receiverPort.orElse(Webhooks.DEFAULT.receiverPort()));
        var options = new Options(
                port,
                kafkaPort.orElse(9092),
                demo,
                kafka,
                webhooks ? Optional.of(ports) : Optional.empty(),
                consolePort);
        options.refuseEqualPorts();
        return options;
    }

    private void refuseEqualPorts() {
        var flags = new HashMap<Integer, String>();
        claim(flags, port, "--port");
        if (kafka.isEmpty()) {
            claim(flags, kafkaPort, "--kafka-port");
        }
        consolePort.ifPresent(console -> claim(flags, console, "--console-port"));
        webhooks.ifPresent(ports -> {
            claim(flags, ports.port(), "--webhooks-port");
            claim(flags, ports.receiverPort(), "--receiver-port");
        });
    }

    private static void claim(Map<Integer, String> flags, int port, String flag) {
        var other = flags.putIfAbsent(port, flag);
        if (other != null) {
            throw new UsageException(
                    "%s and %s are both %d: choose another port for one of them".formatted(other, flag, port));
        }
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

    /// Where all others find Kafka.
    String bootstrapServers() {
        return kafka.orElse("127.0.0.1:" + kafkaPort);
    }
}
