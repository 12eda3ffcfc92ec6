package dev.fanfare.load.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.load.hook.Endpoints;
import dev.fanfare.load.hook.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/// Which endpoints there are, what they get and how they fail.
final class EndpointOptions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RETRIES =
            "{\"retrySchedule\":[\"0s\",\"500ms\",\"1s\",\"2s\",\"2s\",\"5s\",\"5s\",\"10s\",\"10s\"]}";
    private static final List<String> OURS = List.of("url", "tenant", "channels", "description");

    @Option(names = "--endpoints", defaultValue = "10", description = "how many (${DEFAULT-VALUE})")
    private int endpoints;

    @Option(names = "--channels", defaultValue = "1", description = "how many (${DEFAULT-VALUE})")
    private int channels;

    @Option(
            names = "--channels-per-endpoint",
            defaultValue = "1",
            description = "of how many of them each endpoint gets the events (${DEFAULT-VALUE})")
    private int channelsPerEndpoint;

    @Option(
            names = "--channel",
            defaultValue = "load.{n}",
            description = "a channel's name, {n} being its number (${DEFAULT-VALUE})")
    private String channel = "";

    @Option(names = "--tenant", defaultValue = "default", description = "whose they are (${DEFAULT-VALUE})")
    private String tenant = "";

    @Option(
            names = "--settings",
            defaultValue = RETRIES,
            description = "of each endpoint, as the API takes them: a JSON object (${DEFAULT-VALUE})")
    private String settings = "";

    @Option(
            names = "--fail",
            split = "\\n",
            converter = FailureSyntax.class,
            description = "how a share of the endpoints fails: share=0.1,answer=503,times=2. answer: a status (with"
                    + " retry-after=2s), slow (with delay=2s), hang, close. times=N: the first N attempts of each event;"
                    + " from=5s,for=10s: that part of the measured time; events=0.1: a share of the events. Repeatable")
    private List<Failure> failures = new ArrayList<>();

    List<String> names() {
        Check.atLeast("--channels", channels, 1);
        return IntStream.range(0, channels)
                .mapToObj(n -> channel.replace("{n}", Integer.toString(n)))
                .toList();
    }

    /// @param events of each channel
    Endpoints wanted(int events) {
        Check.atLeast("--endpoints", endpoints, 1);
        Check.atLeast("--channels-per-endpoint", channelsPerEndpoint, 1);
        if (channelsPerEndpoint > names().size()) {
            throw new Misuse("--channels-per-endpoint %d are more than there are: raise --channels %d"
                    .formatted(channelsPerEndpoint, channels));
        }
        int failing = failures.stream()
                .mapToInt(failure -> Endpoints.share(failure, endpoints))
                .sum();
        if (failing > endpoints) {
            throw new Misuse("--fail: %d endpoints would fail, and there are --endpoints %d: use smaller shares"
                    .formatted(failing, endpoints));
        }
        return new Endpoints(endpoints, names(), channelsPerEndpoint, events, tenant, settings(), failures);
    }

    private ObjectNode settings() {
        JsonNode given;
        try {
            given = JSON.readTree(settings);
        } catch (JsonProcessingException wrong) {
            given = JSON.missingNode();
        }
        if (!(given instanceof ObjectNode object)) {
            throw new Misuse("--settings is no JSON object: write '{\"concurrency\": 16}'"); // it may hold a secret
        }
        for (var name : OURS) {
            if (object.has(name)) {
                throw new Misuse("--settings must not have '%s': the tool says that itself".formatted(name));
            }
        }
        if (object.path("payload").asText().equals("batch")) {
            throw new Misuse("--settings: payload 'batch' is not checked here: use data, binary or structured");
        }
        try {
            return ((ObjectNode) JSON.readTree(RETRIES)).setAll(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
