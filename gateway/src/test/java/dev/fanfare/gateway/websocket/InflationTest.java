package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InflationTest {
    private static final int MAX = 10_000;

    @Test
    void holdsAnInflaterOnlyWithinAMessage() {
        try (var inflation = new Inflation(MAX)) {
            var payload = RawClient.deflate(RawClient.utf8("Hello, hello"));
            assertThat(inflation.inMessage()).isFalse();
            var first = inflation.inflate(Arrays.copyOf(payload, 4), false);
            assertThat(inflation.inMessage()).isTrue();
            var second = inflation.inflate(Arrays.copyOfRange(payload, 4, payload.length), true);
            assertThat(inflation.inMessage()).isFalse();
            assertThat(RawClient.concat(first, second)).isEqualTo(RawClient.utf8("Hello, hello"));
        }
    }

    @Test
    void countsTheLimitPerMessage() {
        try (var inflation = new Inflation(MAX)) {
            for (var i = 0; i < 3; i++) {
                assertThat(inflation.inflate(RawClient.deflate(new byte[MAX]), true))
                        .hasSize(MAX);
            }
            assertThatThrownBy(() -> inflation.inflate(RawClient.deflate(new byte[MAX + 1]), true))
                    .isInstanceOfSatisfying(
                            Violation.class,
                            violation -> assertThat(violation.code()).isEqualTo(1009));
        }
    }

    @Test
    void readsOnAfterAFinalBlock() {
        // "Hello" in a block marked as final, then "Hello" in another one
        var twice = RawClient.concat(
                new byte[] {(byte) 0xF3, 0x48, (byte) 0xCD, (byte) 0xC9, (byte) 0xC9, 7, 0},
                RawClient.deflate(RawClient.utf8("Hello")));
        try (var inflation = new Inflation(MAX)) {
            assertThat(inflation.inflate(twice, true)).isEqualTo(RawClient.utf8("HelloHello"));
        }
    }

    @Test
    void allocatesNoMoreForABombThanForAMessage() {
        var bomb = RawClient.deflate(new byte[60 << 20]);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var inflation = new Inflation(65_536)) {
            var before = threads.getCurrentThreadAllocatedBytes();
            assertThatThrownBy(() -> inflation.inflate(bomb, true)).isInstanceOf(Violation.class);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * 65_536);
        }
    }
}
