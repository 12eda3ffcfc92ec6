package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.SseForm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How an event stream ends.
class SseWireTest {
    private final StringBuilder written = new StringBuilder();
    private final SseWire wire = new SseWire(SseForm.of(Format.DATA, EventNaming.NONE), () -> 1234);

    SseWireTest() {
        wire.connect(new Out() {
            @Override
            public boolean offer(List<byte[]> pieces, int bytes) {
                pieces.forEach(piece -> written.append(new String(piece, UTF_8)));
                return true;
            }

            @Override
            public void finish() {
                // nothing is left
            }

            @Override
            public void abort() {
                written.append("[cut]");
            }

            @Override
            public long stalledSince() {
                return 0;
            }
        });
    }

    private static byte[] cursor() {
        return "AQ".getBytes(US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(names = {"SHUTTING_DOWN", "MAXIMUM_LIFE", "TOO_SLOW"})
    void saysWhereToGoOnAndWhenToComeBack(CloseReason reason) {
        wire.close(reason, SseWireTest::cursor);
        assertThat(written).hasToString("id: AQ\n\nretry: 1234\n\n[cut]");
    }

    @Test
    void saysThatTooManyReplaysWaitAndWhenToComeBack() {
        wire.close(CloseReason.REPLAY_BUSY, SseWireTest::cursor);
        assertThat(written.toString())
                .startsWith(
                        "id: AQ\nevent: error\ndata: {\"type\":\"error\",\"cursor\":\"AQ\",\"code\":\"replay-busy\",")
                .endsWith("\"}\n\nretry: 1234\n\n[cut]");
    }

    @Test
    void saysNothingToAClientThatIsGone() {
        wire.peerGone();
        wire.close(CloseReason.CLIENT_GONE, SseWireTest::cursor);
        assertThat(written).hasToString("[cut]");
    }
}
