package dev.fanfare.webhook.replay;

import static dev.fanfare.webhook.replay.Stage.missing;
import static dev.fanfare.webhook.replay.Stage.since;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is refused, and changes nothing.
@Timeout(120)
class PlannerTest {
    private final Stage stage = new Stage(2);

    @AfterEach
    void close() {
        stage.close();
    }

    private void refuses(Request request, String field, String sentence) {
        var problem = catchThrowableOfType(ProblemException.class, () -> stage.start(request));
        assertThat(problem.code().status()).isEqualTo(422);
        assertThat(problem).hasMessageContaining("'%s'", field).hasMessageContaining(sentence);
        assertThat(stage.replays.list(stage.endpoint, 10)).isEmpty();
    }

    @Test
    void refusesWhatIsNotThere() {
        stage.send(0, 3);
        refuses(from("nothing", Map.of(0, 0L)), "topic", "no routing rule has");
        refuses(stage.from(Map.of(2, 0L)), "offsets.2", "is no partition of the topic: it has 2");
        refuses(stage.from(Map.of(0, 4L)), "offsets.0", "is 4, which is not written yet: give 3 or less");
    }

    @Test
    void refusesToSayWhatIsMissingOfATimeThatIsNotOnRecord() {
        var old = Instant.now().minus(Duration.ofDays(2));
        refuses(missing(since(old)), "since", "missingOnly false");
        stage.start(since(old));
    }

    @Test
    void refusesToSayWhatIsMissingOfOffsetsThatAreNotOnRecord() {
        var old = Instant.now().minus(Duration.ofDays(2)).toEpochMilli();
        stage.sendOld(0, old);
        stage.sendOld(0, old);
        stage.send(0, 2);
        refuses(missing(stage.from(Map.of(0, 1L))), "offsets.0", "on record from 2 on");
        stage.start(missing(stage.from(Map.of(0, 2L))));
    }

    private static Request from(String topic, Map<Integer, Long> offsets) {
        return new Request(new Range.Offsets(topic, offsets), false, false, OptionalInt.empty());
    }
}
