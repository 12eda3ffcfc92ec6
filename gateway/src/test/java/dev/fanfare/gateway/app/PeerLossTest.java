package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PeerLossTest {
    @Test
    void theDefaultHeartbeatGivesTenSeconds() {
        assertThat(PeerLoss.within(Duration.ofSeconds(15))).isEqualTo(new PeerLoss(4, 2, 3));
    }

    @Test
    void aSilentPeerIsFoundBeforeTheEarliestHeartbeat() {
        assertThat(LongStream.rangeClosed(3, 600)).allSatisfy(seconds -> {
            var loss = PeerLoss.within(Duration.ofSeconds(seconds));
            assertThat(loss.silence().toMillis()).isLessThanOrEqualTo(seconds * 800); // heartbeats come early: jitter
            assertThat(loss.count()).isPositive();
            assertThat(loss.idle()).isPositive();
        });
    }

    @Test
    void aHeartbeatTooShortForTheKernelsSecondsGetsTheShortestThatThereIs() {
        assertThat(PeerLoss.within(Duration.ofMillis(100))).isEqualTo(new PeerLoss(1, 1, 1));
    }

    @Test
    void aStalledWriteIsCutBeforeTheKernelGivesUp() {
        var loss = PeerLoss.within(Duration.ofSeconds(15));

        assertThat(loss.unacknowledged(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(10));
        assertThat(loss.unacknowledged(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(11));
        assertThat(LongStream.rangeClosed(1, 300).mapToObj(Duration::ofSeconds))
                .allSatisfy(stall -> assertThat(loss.unacknowledged(stall).minus(stall))
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
    }
}
