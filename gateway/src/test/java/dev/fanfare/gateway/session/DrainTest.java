package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// When each session is sent away; what comes of it is in `e2e.DrainTest`.
class DrainTest {
    private static final int COUNT = 1000;
    private static final long OVER = 10_000;

    @Test
    void sendsOneAwayInEachPartOfTheTimeAtARandomMoment() {
        var random = new Random(7);
        int sameAsBefore = 0;
        for (int i = 0; i < COUNT; i++) {
            long moment = Drain.moment(i, COUNT, OVER, random);
            assertThat(moment).isBetween(i * OVER / COUNT, (i + 1) * OVER / COUNT);
            sameAsBefore += moment % (OVER / COUNT) == 0 ? 1 : 0;
        }
        assertThat(sameAsBefore).as("moments at the beginnings of their parts").isLessThan(COUNT / 5);
    }

    @Test
    void sendsAllAwayAtOnceWhereThereIsNoTime() {
        assertThat(Drain.moment(999, COUNT, 0, new Random(7))).isZero();
    }
}
