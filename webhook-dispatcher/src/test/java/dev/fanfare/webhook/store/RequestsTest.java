package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.store.Requests.Recovery;
import dev.fanfare.webhook.store.Requests.Resend;
import dev.fanfare.webhook.store.Writes.Outcome;
import dev.fanfare.webhook.store.Writes.Reply;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RequestsTest {
    private static final Instant T = Given.TIME;
    private static final Instant LATER = Stage.LATER;

    private final Stage stage;
    private final Requests requests;
    private final Endpoint endpoint;

    RequestsTest(Kind kind) {
        stage = new Stage(kind.empty());
        requests = new Requests(stage.database);
        endpoint = stage.endpoint(Ordering.KEY, false);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Resend resend(long offset, Optional<Message> read) {
        var writes = new Writes(stage.database, new Writes.Sealing() {
            @Override
            public String seal(String text) {
                return text;
            }

            @Override
            public String open(String text) {
                return text;
            }
        });
        var id = new MessageId(Given.TOPIC, 3, offset);
        var done = (Outcome.Done) writes.run(
                Optional.empty(),
                unit -> new Reply(
                        202, "", requests.resend(unit, endpoint, id, read).name()));
        return Resend.valueOf(done.reply().body());
    }

    private ParkedDelivery parked(long offset) {
        return stage.load(endpoint, -1).stream()
                .filter(one -> one.message().id().offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    private static void same(Message message, Message expected) {
        assertThat(message).usingRecursiveComparison().isEqualTo(expected); // data is an array
    }

    @Test
    void makesWhatIsParkedDueNow() {
        stage.write(Given.retry(stage.live(Given.message(1), endpoint), LATER));
        var before = parked(1);
        assertThat(resend(1, Optional.empty())).isEqualTo(Resend.QUEUED);
        var after = parked(1);
        assertThat(after.due()).isBefore(LATER);
        assertThat(after.trigger()).isEqualTo(Trigger.RESEND);
        assertThat(after.attempt()).isEqualTo(2);
        // a call that is under way does not undo it
        assertThat(after.row().version()).isNotEqualTo(before.row().version());
    }

    @Test
    void parksADeadLetterAgain() {
        stage.write(Given.exhausted(stage.live(Given.message(1, "key-1"), endpoint)));
        assertThat(resend(1, Optional.empty())).isEqualTo(Resend.QUEUED);
        assertThat(parked(1).attempt()).isEqualTo(1);
        same(parked(1).message(), Given.message(1, "key-1"));
        assertThat(stage.text("select order_key from parked")).isEqualTo("key-1");
        assertThat(stage.count("ended")).isZero();
        stage.write(Given.delivered(stage.backlog(endpoint, 1, -1)));
        assertThat(stage.count("parked")).isZero();
    }

    @Test
    void parksWhatWasDeliveredIfItsEventIsThere() {
        stage.write(Given.delivered(stage.live(Given.message(1), endpoint)));
        assertThat(resend(1, Optional.empty())).isEqualTo(Resend.NOT_KEPT);
        assertThat(stage.count("parked")).isZero();
        assertThat(resend(1, Optional.of(Given.message(1)))).isEqualTo(Resend.QUEUED);
        same(parked(1).message(), Given.message(1));
    }

    @Test
    void knowsNothingOfWhatIsNotOnRecord() {
        assertThat(resend(1, Optional.of(Given.message(1)))).isEqualTo(Resend.MISSING);
        assertThat(stage.count("parked")).isZero();
    }

    @Test
    void recoversAllThatFailed() {
        stage.write(
                Given.exhausted(stage.live(Given.message(1, "a"), endpoint)),
                Given.retry(stage.live(Given.message(2), endpoint), LATER),
                Given.parked(stage.live(Given.message(3), endpoint), ParkReason.LANE_FULL, T),
                Given.delivered(stage.live(Given.message(4), endpoint)),
                Entry.of(stage.live(Given.message(5), endpoint), new Disposition.Ended(Reason.TOO_LARGE, true)),
                Entry.of(stage.live(Given.message(6), endpoint), new Disposition.Ended(Reason.EXPIRED, false)),
                Given.exhausted(stage.live(Given.message(7), endpoint)),
                Given.exhausted(stage.live(Given.message(8), endpoint)));
        stage.execute("update ended set ended_at = ? where offset_n = 7", T);
        stage.execute("delete from payload where offset_n = 8");
        var since = stage.database.now().minusSeconds(600);
        assertThat(requests.recover(endpoint, since)).isEqualTo(new Recovery(1, 1, 1));
        assertThat(stage.waiting(endpoint)).containsExactly(1L, 2L, 3L);
        assertThat(parked(1).trigger()).isEqualTo(Trigger.RECOVER);
        same(parked(1).message(), Given.message(1, "a"));
        assertThat(stage.text("select order_key from parked where offset_n = 1"))
                .isEqualTo("a");
        assertThat(parked(2).due()).isBefore(LATER);
        assertThat(parked(3).trigger()).isEqualTo(Trigger.SCHEDULE);
        assertThat(stage.ended(new DeliveryId(new MessageId(Given.TOPIC, 3, 5), endpoint.id())))
                .isEqualTo("too-large");
        assertThat(requests.recover(endpoint, since)).isEqualTo(new Recovery(0, 0, 1));
        assertThat(requests.recover(stage.endpoint(), since)).isEqualTo(new Recovery(0, 0, 0));
    }

    @Test
    void recoversMoreThanATransactionTakes() {
        for (int offset = 0; offset < 1200; offset++) {
            stage.running().write(Given.exhausted(stage.live(Given.message(offset), endpoint)));
            stage.running().write(Given.retry(stage.live(Given.message(5000 + offset), endpoint), LATER));
        }
        stage.flush();
        assertThat(requests.recover(endpoint, T)).isEqualTo(new Recovery(1200, 1200, 0));
        assertThat(stage.count("ended")).isZero();
        assertThat(stage.number(
                        "select count(*) from parked where due < timestamp with time zone '2099-01-01 00:00:00+00'"))
                .isEqualTo(2400);
    }
}
