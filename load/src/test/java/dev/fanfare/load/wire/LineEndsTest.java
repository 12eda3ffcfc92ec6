package dev.fanfare.load.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineEndsTest {
    /// Among all bytes that could be taken for one, at each place.
    @ParameterizedTest
    @ValueSource(bytes = {'\n', '\r'})
    void findsTheFirstOneWhereverItIs(byte end) {
        for (int other : new int[] {0, 9, 11, 12, 14, 'x', 0x80, 0x8a, 0x8d, 0xff}) {
            for (int at = 0; at < 40; at++) {
                var data = new byte[40];
                Arrays.fill(data, (byte) other);
                data[at] = end;
                Arrays.fill(data, at + 1, 40, (byte) ('\n' + '\r' - end));
                assertThat(LineEnds.find(data, 0, 40)).isEqualTo(at);
                assertThat(LineEnds.find(data, 0, at)).isEqualTo(-1);
                assertThat(LineEnds.find(data, at, at + 1)).isEqualTo(at);
            }
        }
    }
}
