package dev.fanfare.load.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.check.Payload;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RawServerTest {
    /// The second event is of a channel that the server does not have.
    @Test
    void saysThatItsThreadHasDied() {
        try (var server = new RawServer(List.of("load.0"), new Payload(Fields.DEFAULT, 100), 1)) {
            var schedule = new Schedule(Micros.now(), 100, Duration.ofHours(1), 2);
            assertThatThrownBy(() -> server.run(schedule))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the bare loop has ended")
                    .hasMessageContaining("IndexOutOfBounds");
        }
    }
}
