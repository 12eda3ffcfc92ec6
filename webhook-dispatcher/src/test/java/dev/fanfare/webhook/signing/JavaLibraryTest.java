package dev.fanfare.webhook.signing;

import static dev.fanfare.webhook.signing.Subscribers.NOW;
import static dev.fanfare.webhook.signing.Subscribers.RING;
import static dev.fanfare.webhook.signing.Subscribers.ending;
import static dev.fanfare.webhook.signing.Subscribers.endpoint;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The official Java library of Standard Webhooks verifies what is signed here.
class JavaLibraryTest {
    private static final String ID = "msg_1";
    private static final String BODY = "{\"total\":12}";

    private final Secrets secrets = new Secrets(RING);
    private final Secrets.Made first = secrets.symmetric(NOW);
    private final Secrets.Made second = secrets.symmetric(NOW);
    private final Secrets.Made asymmetric = secrets.asymmetric(NOW);
    private final Signer signer = new Signer(RING);

    private Map<String, List<String>> signed(Endpoint endpoint, Instant at, String body) {
        var headers = new HashMap<String, List<String>>();
        signer.headers(endpoint, ID, at, body.getBytes(UTF_8))
                .forEach((name, value) -> headers.put(name, List.of(value)));
        return headers;
    }

    private static void verify(Secrets.Made secret, String body, Map<String, List<String>> headers) throws Exception {
        new Webhook(secret.text()).verify(body, headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {BODY, "", "{\"a\":\"Zürich \u20ac \ud83d\ude00\"}", "line\r\nline\r\n", "\u0000"})
    void verifiesBodies(String body) {
        var headers = signed(endpoint(false, first.secret()), Instant.now(), body);
        assertThatCode(() -> verify(first, body, headers)).doesNotThrowAnyException();
    }

    @Test
    void verifiesWithEitherSecretDuringTheOverlap() {
        var rotated = Secrets.rotate(List.of(first.secret()), second.secret(), Instant.now(), Secrets.OVERLAP_DEFAULT);
        var headers = signed(endpoint(false, rotated.get(0), rotated.get(1)), Instant.now(), BODY);
        var turned = signed(endpoint(false, rotated.get(1), rotated.get(0)), Instant.now(), BODY);
        assertThatCode(() -> {
                    verify(first, BODY, headers);
                    verify(second, BODY, headers);
                    verify(first, BODY, turned);
                    verify(second, BODY, turned);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void verifiesNoMoreWithTheOldSecretAfterTheOverlap() {
        var old = ending(first.secret(), Instant.now().minusSeconds(1));
        var headers = signed(endpoint(false, second.secret(), old), Instant.now(), BODY);
        refuses(first, BODY, headers);
    }

    @Test
    void skipsAnUnknownSchemeThatComesFirst() {
        var headers = signed(endpoint(true, asymmetric.secret(), first.secret()), Instant.now(), BODY);
        assertThatCode(() -> verify(first, BODY, headers)).doesNotThrowAnyException();
    }

    @Test
    void refusesWhatWasChanged() {
        var endpoint = endpoint(false, first.secret());
        var headers = signed(endpoint, Instant.now(), BODY);
        refuses(first, BODY.replace("12", "13"), headers);
        refuses(second, BODY, headers);
        refuses(first, BODY, signed(endpoint, Instant.now().minus(Duration.ofMinutes(6)), BODY));
        headers.put(Signer.ID, List.of("msg_2"));
        refuses(first, BODY, headers);
    }

    private static void refuses(Secrets.Made secret, String body, Map<String, List<String>> headers) {
        assertThatExceptionOfType(WebhookVerificationException.class).isThrownBy(() -> verify(secret, body, headers));
    }
}
