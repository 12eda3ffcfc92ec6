package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.journal.Disposition;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class FrontierTest {
    private final Stage stage;
    private final Frontier frontier;

    FrontierTest(Kind kind) {
        stage = new Stage(kind.empty());
        frontier = new Frontier(stage.database);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void keepsTheLastPositionOfEachPartition() {
        var other = Uuid.randomUuid();
        frontier.write(List.of(
                new Frontier.Position(Given.TOPIC, Frontier.LATER_PARTITIONS, "orders", 0),
                new Frontier.Position(Given.TOPIC, 0, "orders", 12),
                new Frontier.Position(other, 0, "users", 5)));
        frontier.write(List.of(
                new Frontier.Position(Given.TOPIC, 0, "orders", 20), new Frontier.Position(other, 1, "users", 1)));
        frontier.write(List.of());
        assertThat(frontier.read())
                .containsExactly(
                        new Frontier.Position(Given.TOPIC, Frontier.LATER_PARTITIONS, "orders", 0),
                        new Frontier.Position(Given.TOPIC, 0, "orders", 20),
                        new Frontier.Position(other, 0, "users", 5),
                        new Frontier.Position(other, 1, "users", 1));
    }

    @Test
    void knowsWhatIsOnRecordBeyondAnOffset() {
        var endpoint = stage.endpoint();
        var other = stage.endpoint();
        var failed = stage.live(Given.message(6), endpoint);
        stage.write(
                Given.delivered(stage.live(Given.message(3), endpoint)),
                Given.delivered(stage.live(Given.message(4), endpoint)),
                Given.delivered(stage.live(Given.message(4), other)),
                Given.parked(stage.live(Given.message(5), endpoint), ParkReason.LANE_FULL, Given.TIME),
                Given.tried(
                        failed,
                        Given.result(Reason.STATUS, 500, ""),
                        new Disposition.Ended(Reason.ABORTED_BY_RECEIVER, false)));
        assertThat(frontier.settled(Given.TOPIC, 3, 4))
                .containsExactlyInAnyOrder(
                        new DeliveryId(Given.message(4).id(), endpoint.id()),
                        new DeliveryId(Given.message(4).id(), other.id()),
                        new DeliveryId(Given.message(5).id(), endpoint.id()),
                        failed.id());
        assertThat(frontier.settled(Given.TOPIC, 2, 0)).isEmpty();
        assertThat(frontier.settled(Uuid.randomUuid(), 3, 0)).isEmpty();
    }
}
