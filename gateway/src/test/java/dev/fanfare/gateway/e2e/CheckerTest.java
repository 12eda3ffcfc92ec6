package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.Cursor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckerTest {
    private static final List<String> ALL = List.of("t.**");

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private final List<Message> received = new ArrayList<>();

    @BeforeEach
    void twoPartitionsWithFourEventsEach() {
        received.add(new Message.Ready(cursor(0, 0), "live", true));
        for (int offset = 0; offset < 4; offset++) {
            for (int partition = 0; partition < 2; partition++) {
                published.add(new Published.Entry(
                        new TopicPartition("t", partition),
                        offset,
                        100 + offset,
                        Publisher.channels("t", "k" + offset % 2)));
                received.add(event(partition, offset, cursor(offset + 1, offset + partition)));
            }
        }
    }

    @Test
    void isGreenWhenEverythingCameOnceInOrder() {
        assertThat(checker.faults(ALL, received, true)).isEmpty();
    }

    @Test
    void isRedOnAPlantedLoss() {
        received.remove(4);
        assertThat(checker.faults(ALL, received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("passes over");
    }

    @Test
    void isRedOnALossThatNoCursorShows() {
        received.removeLast();
        assertThat(checker.faults(ALL, received, true))
                .singleElement()
                .asString()
                .contains("missing at the end");
        assertThat(checker.faults(ALL, received, false)).isEmpty();
    }

    @Test
    void isRedOnAPlantedDouble() {
        received.add(5, received.get(4));
        assertThat(checker.faults(ALL, received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("twice");
    }

    @Test
    void isRedOnAPlantedSwap() {
        Collections.swap(received, 3, 5);
        assertThat(checker.faults(ALL, received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("lost 1 events");
    }

    @Test
    void isRedOnAnEventThatWasAborted() {
        received.add(new Message.Event(cursor(4, 5), "t.k0", "t-1", 104));
        assertThat(checker.faults(ALL, received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("never committed");
    }

    @Test
    void isRedOnAnEventOfAnotherChannel() {
        assertThat(checker.faults(List.of("t.k0"), received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("subscribed to [t.k0]");
    }

    @Test
    void isRedOnACursorThatWouldRepeat() {
        received.add(new Message.Moved(cursor(4, 3)));
        assertThat(checker.faults(ALL, received, true))
                .singleElement()
                .asString()
                .contains("repeats");
    }

    @Test
    void isRedOnACursorThatForgetsATopic() {
        var begun = List.of(received.getFirst(), new Message.Moved(new Cursor(0, List.of()).encode()));
        assertThat(checker.faults(ALL, begun, false))
                .isNotEmpty()
                .first()
                .asString()
                .contains("does not name");
    }

    @Test
    void excusesExactlyTheRangeOfAGap() {
        received.remove(4);
        received.add(4, new Message.Gap(null, "t", 1, 1, 2, "retention", false));
        assertThat(checker.faults(ALL, received, true)).isEmpty();
        received.remove(6);
        assertThat(checker.faults(ALL, received, true)).isNotEmpty();
    }

    @Test
    void isRedOnAnEventThatWasToldAsAGap() {
        received.add(4, new Message.Gap(null, "t", 1, 1, 2, "retention", false));
        assertThat(checker.faults(ALL, received, true))
                .isNotEmpty()
                .first()
                .asString()
                .contains("told as a gap");
    }

    @Test
    void isRedOnAClientThatNeverGotACursor() {
        assertThat(checker.faults(ALL, List.of(), true)).containsExactly("message 0: never got a cursor");
    }

    private static Message event(int partition, int offset, String cursor) {
        return new Message.Event(cursor, "t.k" + offset % 2, "t-" + partition, 100 + offset);
    }

    private static String cursor(long first, long second) {
        return new Cursor(
                        0,
                        List.of(new Cursor.TopicPosition(
                                Cursor.nameHash("t"), 1, new long[] {first, second}, new int[] {-1, -1})))
                .encode();
    }
}
