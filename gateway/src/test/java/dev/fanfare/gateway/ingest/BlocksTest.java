package dev.fanfare.gateway.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BlocksTest {
    /// Holds three blocks of one byte.
    private final Blocks<Integer, Integer> blocks = new Blocks<>(3, bytes -> bytes);

    private final List<Integer> reads = new ArrayList<>();

    private CompletableFuture<Integer> get(int key) {
        return get(key, CompletableFuture.completedFuture(1));
    }

    private CompletableFuture<Integer> get(int key, CompletableFuture<Integer> read) {
        return blocks.get(key, () -> {
            reads.add(key);
            return read;
        });
    }

    /// Asks for blocks that are at hand.
    private void ask(int... keys) {
        for (int key : keys) {
            assertThat(get(key)).isDone();
        }
    }

    private List<Integer> kept() {
        return List.of(1, 2, 3, 4, 5).stream().filter(blocks::has).toList();
    }

    @Test
    void readsABlockOnceForAllWhoAskForIt() {
        var read = new CompletableFuture<Integer>();
        var first = get(1, read);
        var second = get(1, new CompletableFuture<>());

        read.complete(1);

        assertThat(first).isCompletedWithValue(1);
        assertThat(second).isCompletedWithValue(1);
        assertThat(get(1)).isCompletedWithValue(1);
        assertThat(reads).containsExactly(1);
    }

    @Test
    void dropsWhatNobodyHasAskedForLongestHoweverOftenItWasBefore() {
        for (int i = 0; i < 1000; i++) {
            ask(1, 2);
        }
        ask(3, 4, 5);

        assertThat(kept()).containsExactly(3, 4, 5);
        ask(3, 1);
        assertThat(kept()).containsExactly(1, 3, 5);
    }

    @Test
    void makesAsMuchRoomAsItTakes() {
        ask(1, 2, 3);
        assertThat(get(4, CompletableFuture.completedFuture(2))).isDone();

        assertThat(kept()).containsExactly(3, 4);
        assertThat(get(5, CompletableFuture.completedFuture(4))).isDone(); // more than there is room for
        assertThat(kept()).isEmpty();
    }

    @Test
    void dropsNothingThatIsBeingRead() {
        var read = new CompletableFuture<Integer>();
        var slow = get(1, read);
        ask(2, 3, 4, 5);
        assertThat(kept()).containsExactly(1, 3, 4, 5);

        read.complete(1);

        assertThat(slow).isDone();
        assertThat(kept()).containsExactly(1, 4, 5);
    }

    @Test
    void keepsNothingThatCouldNotBeRead() {
        var read = new CompletableFuture<Integer>();
        var failing = get(1, read);

        read.completeExceptionally(new IllegalStateException("planned"));

        assertThat(failing).isCompletedExceptionally();
        assertThat(get(1)).isCompletedWithValue(1);
        assertThat(reads).containsExactly(1, 1);
    }

    @Test
    void forgetsNothingButWhatItIsTold() {
        var old = get(1);
        blocks.remove(1, old);
        var fresh = get(1);
        blocks.remove(1, old);
        assertThat(kept()).containsExactly(1);

        blocks.remove(1, fresh);
        assertThat(kept()).isEmpty();
        ask(2, 3, 4);
        assertThat(kept()).containsExactly(2, 3, 4); // the room that was freed is there
    }

    @Test
    void takesNoRoomForWhatWasForgottenWhileItWasRead() {
        var read = new CompletableFuture<Integer>();
        blocks.remove(1, get(1, read));
        ask(2, 3, 4);

        read.complete(3);

        assertThat(kept()).containsExactly(2, 3, 4);
    }
}
