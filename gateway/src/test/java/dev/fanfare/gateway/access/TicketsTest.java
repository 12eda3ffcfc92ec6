package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Claims;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final byte[] SECRET = "of all nodes, and of nobody else".getBytes(US_ASCII);
    private static final Token TOKEN = new Token(
            "https://id", "u1", Optional.empty(), Optional.empty(), Instant.MAX, Claims.parse("{\"sub\":\"u1\"}"));

    private Instant now = Instant.ofEpochSecond(1_800_000_000);

    private Tickets tickets(byte[] secret, int usedMax) {
        return new Tickets(secret, Duration.ofSeconds(30), () -> now, usedMax);
    }

    private static ErrorCode refusal(Tickets tickets, String ticket) {
        var refused = catchThrowableOfType(ProblemException.class, () -> tickets.redeem(ticket));
        assertThat(refused).isNotNull();
        assertThat(refused.detail()).matches("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+");
        return (ErrorCode) refused.code();
    }

    @Test
    void isGoodOnceAtAnyNodeThatHasTheKey() {
        var one = tickets(SECRET, 10);
        var other = tickets(SECRET, 10);
        var ticket = one.issue(TOKEN);
        assertThat(other.redeem(ticket).text("sub")).contains("u1");
        assertThat(refusal(other, ticket)).isEqualTo(ErrorCode.INVALID_TICKET);
        assertThat(one.issue(TOKEN)).isNotEqualTo(ticket);
        assertThat(new String(Base64.getUrlDecoder().decode(ticket), ISO_8859_1))
                .doesNotContain("{\"sub\"");
    }

    @Test
    void isNothingUnderAnotherKeyOrWhenItWasChanged() {
        var tickets = tickets(SECRET, 10);
        var ticket = tickets.issue(TOKEN);
        assertThat(refusal(tickets("another secret that is long enough".getBytes(US_ASCII), 10), ticket))
                .isEqualTo(ErrorCode.INVALID_TICKET);
        var bytes = Base64.getUrlDecoder().decode(ticket);
        for (int i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            assertThat(refusal(tickets, Base64.getUrlEncoder().encodeToString(changed)))
                    .isEqualTo(ErrorCode.INVALID_TICKET);
        }
        for (var none : new String[] {"", "x", "%%%", "AQ", "A".repeat(20), "é"}) {
            assertThat(refusal(tickets, none)).isEqualTo(ErrorCode.INVALID_TICKET);
        }
        assertThat(tickets.redeem(ticket).text("sub")).contains("u1");
    }

    @Test
    void isTooOldAfterItsLife() {
        var tickets = tickets(SECRET, 10);
        var ticket = tickets.issue(TOKEN);
        now = now.plusMillis(30_000);
        assertThat(refusal(tickets, ticket)).isEqualTo(ErrorCode.INVALID_TICKET);
    }

    @Test
    void refusesMoreRatherThanToForgetOneThatWasUsed() {
        var tickets = tickets(SECRET, 3);
        var first = tickets.issue(TOKEN);
        tickets.redeem(first);
        tickets.redeem(tickets.issue(TOKEN));
        tickets.redeem(tickets.issue(TOKEN));
        assertThat(refusal(tickets, tickets.issue(TOKEN))).isEqualTo(ErrorCode.TICKET_BUSY);
        assertThat(refusal(tickets, first)).isIn(ErrorCode.INVALID_TICKET, ErrorCode.TICKET_BUSY);
    }
}
