package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Claims;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a session takes and gives back.
class StayTest {
    private final Bounded bounded = new Bounded();

    private Limits limits() {
        return new Limits(bounded.settings(), new Proxies(List.of(), "X-Forwarded-For"), () -> 4200, System::nanoTime);
    }

    private static Party party(String address, String subject) {
        var token =
                new Token("https://id", subject, Optional.empty(), Optional.empty(), Instant.MAX, Claims.parse("{}"));
        return anybody(address).with(Optional.of(token));
    }

    private static Party anybody(String address) {
        return new Party(Address.of(InetAddress.ofLiteral(address)), Optional.empty());
    }

    @Test
    void givesBackOnceWhatItHasTaken() {
        bounded.addressSessions = 2;
        var limits = limits();
        var one = limits.stay(anybody("192.0.2.1"));
        var other = limits.stay(anybody("192.0.2.1"));
        assertThat(one.enter()).isEmpty();
        assertThat(other.enter()).isEmpty();
        one.close();
        one.close();
        var next = limits.stay(anybody("192.0.2.1"));
        assertThat(next.enter()).isEmpty();
        assertThat(limits.stay(anybody("192.0.2.1")).enter()).contains(Limit.ADDRESS_SESSIONS);
        limits.stay(anybody("192.0.2.1")).close(); // took nothing
        assertThat(limits.stay(anybody("192.0.2.1")).enter()).contains(Limit.ADDRESS_SESSIONS);
    }

    @Test
    void takesNothingWhereOneLimitOfSeveralIsReached() {
        bounded.sessions = 3;
        bounded.addressSessions = 2;
        bounded.principalSessions = 1;
        var limits = limits();
        assertThat(limits.stay(party("192.0.2.1", "u1")).enter()).isEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(limits.stay(party("192.0.2.1", "u1")).enter()).contains(Limit.PRINCIPAL_SESSIONS);
        }
        assertThat(limits.stay(party("192.0.2.1", "u2")).enter()).isEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(limits.stay(party("192.0.2.1", "u3")).enter()).contains(Limit.ADDRESS_SESSIONS);
        }
        assertThat(limits.stay(party("192.0.2.2", "u3")).enter()).isEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(limits.stay(party("192.0.2.2", "u4")).enter()).contains(Limit.SESSIONS);
        }
        assertThat(limits.metrics().refused(Limit.SESSIONS).sum()).isEqualTo(5);
    }

    @Test
    void readsBackForSoManyOfAPrincipalAndOfAnAddressAtOnce() {
        bounded.addressReplays = 2;
        bounded.principalReplays = 1;
        var limits = limits();
        var first = limits.stay(party("192.0.2.1", "u1"));
        var second = limits.stay(party("192.0.2.1", "u1"));
        var third = limits.stay(party("192.0.2.1", "u2"));
        var fourth = limits.stay(party("192.0.2.1", "u3"));
        assertThat(first.tryReplay()).isTrue();
        assertThat(second.tryReplay()).isFalse();
        assertThat(second.tryReplay()).isFalse();
        assertThat(third.tryReplay()).isTrue();
        assertThat(fourth.tryReplay()).isFalse();
        assertThat(limits.metrics().refused(Limit.PRINCIPAL_REPLAYS).sum()).isEqualTo(1); // it waits, that is one
        assertThat(limits.metrics().refused(Limit.ADDRESS_REPLAYS).sum()).isEqualTo(1);
        first.endReplay();
        assertThat(second.tryReplay()).isTrue();
        second.endReplay();
        assertThat(fourth.tryReplay()).isTrue();
    }

    @Test
    void tellsWhoAsksForAStartThatCostsKafkaWhenToComeBack() {
        bounded.addressReplays = 1;
        var limits = limits();
        limits.beginReplay(limits.stay(anybody("192.0.2.1")));
        var refused = catchThrowableOfType(
                ProblemException.class, () -> limits.beginReplay(limits.stay(anybody("192.0.2.1"))));
        assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        assertThat(refused.headers()).containsEntry("Retry-After", "5");
    }
}
