package dev.fanfare.load.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SequencesTest {
    @Test
    void findsNothingInWhatComesInOrder() {
        var sequences = received(true, 0, 1, 2, 3);
        assertThat(counts(sequences)).containsExactly(0, 0, 0);
        assertThat(sequences.missing(0, 4)).isZero();
        assertThat(sequences.missing(0, 6)).isEqualTo(2);
    }

    @Test
    void aSequenceThatIsToBeginWithZeroHasAGapIfItDoesNot() {
        assertThat(counts(received(true, 2, 3))).containsExactly(2, 0, 0);
        assertThat(counts(received(false, 2, 3))).containsExactly(0, 0, 0);
        assertThat(received(true).missing(0, 3)).isEqualTo(3);
    }

    @Test
    void tellsALateOneFromADoubleOne() {
        assertThat(counts(received(true, 0, 2, 1))).containsExactly(0, 0, 1);
        assertThat(counts(received(true, 0, 2, 1, 1))).containsExactly(0, 1, 1);
        assertThat(counts(received(true, 0, 1, 1, 2))).containsExactly(0, 1, 0);
    }

    @Test
    void takesOneThatIsMoreThan64LateForADoubleOne() {
        var sequences = received(true, 0);
        for (int i = 2; i < 66; i++) {
            sequences.receive(0, i);
        }
        sequences.receive(0, 1);
        assertThat(counts(sequences)).containsExactly(1, 1, 0);
    }

    /// Against a set of all that has come.
    @RepeatedTest(50)
    void agreesWithOneThatRemembersAll(RepetitionInfo repetition) {
        long seed = Long.getLong("fanfare.seed", System.nanoTime()) + repetition.getCurrentRepetition();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var sequences = new Sequences(2, true);
        Set<Long> seen = new HashSet<>();
        long highest = -1;
        long duplicates = 0;
        long reorderings = 0;
        for (int i = 0; i < 2000; i++) {
            long number = switch (random.nextInt(20)) {
                case 0 -> highest + 1 + random.nextInt(4);
                case 1 -> highest + 1 + random.nextInt(200);
                case 2 -> Math.max(0, highest - random.nextInt(64));
                default -> highest + 1;
            };
            sequences.receive(1, number);
            if (!seen.add(number)) {
                duplicates++;
            } else if (number < highest) {
                reorderings++;
            }
            highest = Math.max(highest, number);
        }
        assertThat(counts(sequences))
                .containsExactly((int) (highest + 1 - seen.size()), (int) duplicates, (int) reorderings);
    }

    private static Sequences received(boolean fromZero, int... numbers) {
        var sequences = new Sequences(1, fromZero);
        for (int number : numbers) {
            sequences.receive(0, number);
        }
        return sequences;
    }

    private static int[] counts(Sequences sequences) {
        return new int[] {(int) sequences.gaps(), (int) sequences.duplicates(), (int) sequences.reorderings()};
    }
}
