package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.session.Wire.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollWireTest {
    private final Answers answers = new Answers();
    private final PollBuffers buffers = new PollBuffers(2000);
    private final PollWire wire =
            new PollWire(PollForm.of(Format.DATA), 1000, Duration.ofMinutes(1), buffers.open(), answers);

    private static final class Answers implements PollWire.Answer {
        final List<String> bodies = new ArrayList<>();
        boolean broken;
        boolean slow;
        boolean last;
        boolean finished;
        boolean done;
        boolean cut;
        boolean outrun;

        @Override
        public boolean offer(List<byte[]> body, int bytes) throws IOException {
            if (broken) {
                throw new IOException("planned");
            }
            bodies.add(new String(LineOut.gathered(body, bytes), UTF_8));
            return !slow;
        }

        @Override
        public void last() {
            last = true;
        }

        @Override
        public void finish() {
            finished = true;
        }

        @Override
        public void done() {
            done = true;
        }

        @Override
        public void abort() {
            cut = true;
        }

        @Override
        public boolean isOutrun() {
            return outrun;
        }

        @Override
        public long stalledSince() {
            return 0;
        }
    }

    private static byte[] cursor() {
        return "AQ".getBytes(US_ASCII);
    }

    private void write(String... pieces) {
        for (var piece : pieces) {
            wire.offer(List.of(piece.getBytes(UTF_8)), piece.length());
        }
    }

    @Test
    void answersOnceCaughtUpWithAllThatCame() throws IOException {
        write("{\"id\":\"A\"}", "{\"type\":\"gap\",\"to\":2}", "{\"id\":\"B\"}");
        assertThat(wire.flushed(false, PollWireTest::cursor)).isEqualTo(Answered.NO);
        assertThat(wire.flushed(true, PollWireTest::cursor)).isEqualTo(Answered.YES);
        wire.close(CloseReason.ANSWERED, PollWireTest::cursor);
        assertThat(answers.bodies)
                .containsExactly("{\"events\":[{\"id\":\"A\"},{\"id\":\"B\"}],"
                        + "\"gaps\":[{\"type\":\"gap\",\"to\":2}],\"cursor\":\"AQ\"}\n");
        assertThat(answers.done).isTrue();
        assertThat(answers.cut).isFalse();
    }

    @Test
    void answersBeforeItIsCaughtUpOnceThereIsEnough() throws IOException {
        write("\"" + "x".repeat(1000) + "\"");
        assertThat(wire.flushed(false, PollWireTest::cursor)).isEqualTo(Answered.YES);
    }

    @Test
    void answersWithWhatItHasOnceAllTogetherHoldTooMuch() throws IOException {
        var other = buffers.open();
        write("\"1\"");
        other.add(1996);
        assertThat(wire.flushed(false, PollWireTest::cursor)).isEqualTo(Answered.NO);
        other.add(1);
        assertThat(wire.flushed(false, PollWireTest::cursor)).isEqualTo(Answered.YES);
        assertThat(answers.bodies).containsExactly("{\"events\":[\"1\"],\"cursor\":\"AQ\"}\n");
        other.close();
        assertThat(buffers.isSpent()).isFalse();
    }

    @Test
    void staysEmptyUntilItsEnd() throws IOException {
        assertThat(wire.flushed(true, PollWireTest::cursor)).isEqualTo(Answered.NO);
        wire.close(CloseReason.MAXIMUM_LIFE, PollWireTest::cursor);
        assertThat(answers.bodies).containsExactly("{\"events\":[],\"cursor\":\"AQ\"}\n");
        assertThat(answers.last).isFalse();
        assertThat(answers.done).isTrue();
        assertThat(answers.cut).isFalse();
    }

    @Test
    void isTheConnectionsLastAnswerWhereTheGatewayStops() {
        wire.close(CloseReason.SHUTTING_DOWN, PollWireTest::cursor);
        assertThat(answers.bodies).hasSize(1);
        assertThat(answers.last && answers.done).isTrue();
    }

    @Test
    void waitsForARestOnlyWhereItMay() throws IOException {
        answers.slow = true;
        write("\"1\"");
        assertThat(wire.flushed(true, PollWireTest::cursor)).isEqualTo(Answered.PARTLY);
        assertThat(answers.finished || answers.done).isFalse();
        wire.close(CloseReason.ANSWERED, PollWireTest::cursor);
        assertThat(answers.bodies).hasSize(1);
        assertThat(answers.finished && answers.done).isTrue();
    }

    private void mayComeBack() {
        var request = "GET /v1/events?cursor=AA&channel=a HTTP/1.1\r\n\r\n".getBytes(US_ASCII);
        wire.repeated(new Repeat(request, 23, 25), () -> true);
    }

    @Test
    void waitsForAClientThatMayComeBack() throws IOException {
        mayComeBack();
        write("\"1\"");
        assertThat(wire.isAway()).isFalse();
        assertThat(wire.flushed(true, PollWireTest::cursor)).isEqualTo(Answered.FOR_NOW);
        assertThat(wire.isAway()).isTrue();
        wire.close(CloseReason.ANSWERED, PollWireTest::cursor);
        assertThat(answers.bodies).as("it has its answer").hasSize(1);
        assertThat(answers.done).isTrue();
    }

    @Test
    void leavesTheConnectionToARequestThatWasThereFirst() throws IOException {
        mayComeBack();
        answers.outrun = true;
        write("\"1\"");
        assertThat(wire.flushed(true, PollWireTest::cursor)).isEqualTo(Answered.YES);
        wire.close(CloseReason.ANSWERED, PollWireTest::cursor);
        assertThat(answers.done).isTrue();
    }

    @Test
    void saysNothingToAClientThatIsGone() {
        wire.peerGone();
        wire.close(CloseReason.CLIENT_GONE, PollWireTest::cursor);
        assertThat(answers.bodies).isEmpty();
        assertThat(answers.cut).isTrue();
    }

    @Test
    void cutsAConnectionThatCannotBeWrittenTo() {
        answers.broken = true;
        wire.close(CloseReason.MAXIMUM_LIFE, PollWireTest::cursor);
        assertThat(answers.cut).isTrue();
        assertThat(answers.done).isFalse();
    }
}
