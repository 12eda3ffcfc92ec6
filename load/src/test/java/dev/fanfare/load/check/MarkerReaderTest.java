package dev.fanfare.load.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerReaderTest {
    private final MarkerReader reader = new MarkerReader(Fields.DEFAULT);

    @Test
    void readsWhatThePayloadHasWritten() {
        int least = Payload.bytesMin(Fields.DEFAULT);
        for (int bytes : new int[] {least, least + 1, 200, 4096}) {
            var data = new Payload(Fields.DEFAULT, bytes).encode(7, 123_456_789, 1_790_000_000_000_123L);
            assertThat(data).hasSize(bytes);
            assertThat(reader.read(data, 0, bytes)).isTrue();
            assertRead(7, 123_456_789, 1_790_000_000_000_123L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ch\":1,\"seq\":2,\"at\":3}",
                "{\"id\":\"x\",\"channel\":\"ch\",\"data\":{\"ch\":1,\"seq\":2,\"at\":3}}",
                "{ \"at\" : 3 , \"pad\":\"\", \"seq\"\t:\r\n 2, \"ch\": 1 }",
                "{\"data\":\"{\\\"ch\\\":1,\\\"seq\\\":2,\\\"at\\\":3}\"}",
                "{\"ch\":\"no number\",\"x\":{\"ch\":1,\"at\":3,\"seq\":2}}"
            })
    void findsTheMarkerWhereverItStands(String json) {
        assertThat(read("{\"ch\":9,\"seq\":9,\"at\":9}")).isTrue(); // a hint that may be wrong
        assertThat(read(json)).isTrue();
        assertRead(1, 2, 3);
        assertThat(read(json)).isTrue();
        assertRead(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"ch\":1,\"seq\":2}",
                "{\"ch\":1,\"at\":2}",
                "{\"seq\":1,\"at\":2}",
                "{\"ch\":,\"seq\":2,\"at\":3}",
                "{\"ch\":99999999999,\"seq\":2,\"at\":3}",
                "{\"channel\":1,\"seq\":2,\"at\":3}",
                "{\"ch\":1,\"seq\":2,\"at\":"
            })
    void findsNoneWhereThereIsNone(String json) {
        assertThat(read(json)).isFalse();
    }

    @Test
    void looksNowhereBeyondTheEnd() {
        var data = "{\"ch\":1,\"seq\":2,\"at\":34}".getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(data, 0, data.length - 2)).isTrue();
        assertRead(1, 2, 3);
        assertThat(reader.read(data, 0, data.length - 3)).isFalse();
    }

    private boolean read(String json) {
        var data = ("#" + json + "{\"ch\":5,\"seq\":5,\"at\":5}").getBytes(StandardCharsets.UTF_8);
        return reader.read(data, 1, 1 + json.getBytes(StandardCharsets.UTF_8).length);
    }

    private void assertRead(int channel, long sequence, long time) {
        assertThat(new long[] {reader.channel(), reader.sequence(), reader.timeMicros()})
                .containsExactly(channel, sequence, time);
    }
}
