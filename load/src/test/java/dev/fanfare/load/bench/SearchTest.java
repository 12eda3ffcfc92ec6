package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.99, 1, 1.05, 1.5, 7, 23, 900})
    void findsTheHighestRungThatHolds(double limit) {
        var search = search(3, factor -> factor <= limit);
        assertThat(search.values()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(search.values().getFirst())
                .isLessThanOrEqualTo(limit)
                .isGreaterThan(limit / Search.factor(1) / 1.0001);
    }

    @Test
    void givesUpFarBelowTheFirstRung() {
        assertThat(search(1, _ -> false).values()).isEmpty();
    }

    @Test
    void goesDownWhenARungDoesNotHoldInMostWindows() {
        var search = new Search(3, 100);
        int tries = 0;
        while (!search.isOver()) {
            int rung = search.next();
            // rung 3 holds by luck, once
            search.tell(rung, rung < 3 || (rung == 3 && tries++ == 0), rung);
        }
        assertThat(search.values()).containsOnly(2.0).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void takesNoMoreStepsThanItMay() {
        var search = new Search(3, 2);
        search.tell(search.next(), true, 1);
        assertThat(search.isOver()).isFalse();
        search.tell(search.next(), true, 2);
        assertThat(search.isOver()).isTrue();
        assertThat(search.values()).containsExactly(2.0);
    }

    private static Search search(int windows, DoublePredicate holds) {
        var search = new Search(windows, 100);
        while (!search.isOver()) {
            int rung = search.next();
            double factor = Search.factor(rung);
            search.tell(rung, holds.test(factor), factor);
        }
        return search;
    }
}
