package dev.fanfare.service.access;

import static dev.fanfare.service.access.TestIssuer.NAME;
import static dev.fanfare.service.access.TestIssuer.NOW;
import static dev.fanfare.service.access.TestIssuer.claims;
import static dev.fanfare.service.access.TestIssuer.sign;
import static dev.fanfare.service.access.TestIssuer.signHmac;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.fanfare.service.access.IssuerSettings.KeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
    private static final String SECRET = "a secret that has more than 32 bytes";
    private static final TestIssuer.Key RSA = TestIssuer.rsa("rsa");
    private static final TestIssuer.Key EC = TestIssuer.ec("ec");
    private static final TestIssuer.Key ED = TestIssuer.ed("ed");
    private static final TestIssuer.Key OTHER = TestIssuer.rsa("rsa");

    @TempDir
    Path folder;

    private TokenVerifier verifier(KeySource keys) {
        return new TokenVerifier(
                List.of(new IssuerSettings(NAME, List.of("fanfare", "other"), keys)),
                Duration.ofSeconds(30),
                () -> Instant.ofEpochSecond(NOW));
    }

    private TokenVerifier trusting(TestIssuer.Key... keys) throws IOException {
        return verifier(new KeySource.JwksFile(file(TestIssuer.jwks(keys))));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("keys"), content);
    }

    private static String pem(TestIssuer.Key key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.pair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static void assertRefused(TokenVerifier verifier, String token, TokenFault fault) {
        var refused = catchThrowableOfType(TokenException.class, () -> verifier.verify(token));
        assertThat(refused).isNotNull();
        assertThat(refused.fault()).as(refused.sentence()).isEqualTo(fault);
        assertThat(refused.sentence()).matches("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+"); // RFC 6750 §3
        if (token.length() > 64) {
            assertThat(refused.sentence()).doesNotContain(token.substring(0, 20));
        }
    }

    @Test
    void takesATokenOfEachAlgorithmAndSaysWhoSpeaks() throws IOException {
        var verifier = trusting(RSA, EC, ED);
        for (var key : List.of(RSA, EC, ED)) {
            var token = verifier.verify(sign(key, claims("fanfare", Map.of("subscribe", List.of("a.*", "b")))));
            assertThat(token.issuer()).isEqualTo(NAME);
            assertThat(token.subject()).isEqualTo("u1");
            assertThat(token.id()).contains("t1");
            assertThat(token.issuedAt()).contains(Instant.ofEpochSecond(NOW - 10));
            assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(NOW + 60));
            assertThat(token.claims().texts("fanfare.subscribe")).containsExactly("a.*", "b");
        }
    }

    @Test
    void takesTheOtherNameOfEd25519() throws IOException {
        var header = new JWSHeader.Builder(JWSAlgorithm.Ed25519).keyID("ed");
        assertThat(trusting(ED).verify(sign(ED, header, claims())).subject()).isEqualTo("u1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", ""})
    void takesASecretFromAFileWithoutItsLineEnd(String end) throws IOException {
        var verifier = verifier(new KeySource.SecretFile(file(SECRET + end)));
        var header = new JWSHeader.Builder(JWSAlgorithm.HS256);
        assertThat(verifier.verify(signHmac(SECRET.getBytes(US_ASCII), header, claims()))
                        .subject())
                .isEqualTo("u1");
        assertRefused(
                verifier,
                signHmac("another secret that has 32 bytes too".getBytes(US_ASCII), header, claims()),
                TokenFault.SIGNATURE);
    }

    @Test
    void takesAPublicKeyInPemOfEachKind() throws IOException {
        for (var key : List.of(RSA, EC, ED)) {
            var verifier = verifier(new KeySource.PublicKeyFile(file(pem(key))));
            assertThat(verifier.verify(sign(key, claims())).subject()).isEqualTo("u1");
        }
    }

    @Test
    void takesATokenWithoutAKeyId() throws IOException {
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256);
        assertThat(trusting(EC, RSA).verify(sign(RSA, header, claims())).subject())
                .isEqualTo("u1");
    }

    @Test
    void refusesThePublicKeyAsASecret() throws IOException {
        var hmac = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa");
        var byPem = verifier(new KeySource.PublicKeyFile(file(pem(RSA))));
        assertRefused(byPem, signHmac(pem(RSA).getBytes(US_ASCII), hmac, claims()), TokenFault.ALGORITHM);
        assertRefused(
                trusting(RSA), signHmac(RSA.pair().getPublic().getEncoded(), hmac, claims()), TokenFault.ALGORITHM);
    }

    @Test
    void refusesNoneHoweverItIsWritten() throws IOException {
        var verifier = trusting(RSA);
        var good = sign(RSA, claims());
        for (var none : List.of("none", "None", "NONE", "nOnE", "")) {
            var header = Base64URL.encode("{\"alg\":\"" + none + "\"}").toString();
            var unsigned = header + good.substring(good.indexOf('.'), good.lastIndexOf('.') + 1);
            assertRefused(verifier, unsigned, TokenFault.ALGORITHM);
        }
        assertRefused(verifier, good.substring(0, good.lastIndexOf('.') + 1), TokenFault.SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS384", "RS512", "PS256"})
    void refusesAnotherAlgorithmOfTheSameKey(String algorithm) throws IOException {
        var header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID("rsa");
        assertRefused(trusting(RSA), sign(RSA, header, claims()), TokenFault.ALGORITHM);
    }

    @Test
    void refusesCriticalHeadersAndOtherTypes() throws IOException {
        var critical = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").criticalParams(Set.of("exp"));
        assertRefused(trusting(RSA), sign(RSA, critical, claims()), TokenFault.HEADER);
        var logout = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("rsa")
                .type(new com.nimbusds.jose.JOSEObjectType("logout+jwt"));
        assertRefused(trusting(RSA), sign(RSA, logout, claims()), TokenFault.HEADER);
    }

    @Test
    void refusesWhatWasSignedByOrForOthersOrChanged() throws IOException {
        var verifier = trusting(RSA);
        assertRefused(verifier, sign(OTHER, claims()), TokenFault.SIGNATURE);
        assertRefused(verifier, sign(EC, claims()), TokenFault.KEY);
        assertRefused(verifier, sign(RSA, claims("iss", "https://evil.example.com/\"")), TokenFault.ISSUER);
        assertRefused(verifier, sign(RSA, claims("aud", "billing")), TokenFault.AUDIENCE);
        assertRefused(verifier, sign(RSA, claims("aud", "-")), TokenFault.AUDIENCE);
        var parts = sign(RSA, claims()).split("\\.", -1);
        var admin = Base64URL.encode(new com.nimbusds.jose.Payload(claims("sub", "admin")).toString());
        assertRefused(verifier, parts[0] + "." + admin + "." + parts[2], TokenFault.SIGNATURE);
        assertThat(verifier.verify(sign(RSA, claims("aud", List.of("billing", "other"))))
                        .subject())
                .isEqualTo("u1");
    }

    @ParameterizedTest
    @CsvSource({"-29, true", "-30, false", "-31, false", "1, true"})
    void allowsForSkewAtTheEnd(long fromNow, boolean good) throws IOException {
        var token = sign(RSA, claims("exp", NOW + fromNow));
        if (good) {
            assertThat(trusting(RSA).verify(token).subject()).isEqualTo("u1");
        } else {
            assertRefused(trusting(RSA), token, TokenFault.EXPIRED);
        }
    }

    @ParameterizedTest
    @CsvSource({"30, true", "31, false", "-1, true"})
    void allowsForSkewAtTheBeginning(long fromNow, boolean good) throws IOException {
        var token = sign(RSA, claims("nbf", NOW + fromNow));
        if (good) {
            assertThat(trusting(RSA).verify(token).subject()).isEqualTo("u1");
        } else {
            assertRefused(trusting(RSA), token, TokenFault.NOT_YET_VALID);
        }
    }

    @Test
    void needsTheClaimsThatItRestsOn() throws IOException {
        var verifier = trusting(RSA);
        for (var claim : List.of("exp", "sub", "iss")) {
            assertRefused(verifier, sign(RSA, claims(claim, "-")), TokenFault.CLAIM);
        }
        assertRefused(verifier, sign(RSA, claims("exp", "tomorrow")), TokenFault.CLAIM);
        assertRefused(verifier, sign(RSA, claims("nbf", "today")), TokenFault.CLAIM);
        assertRefused(verifier, sign(RSA, claims("sub", "")), TokenFault.CLAIM);
        assertThat(verifier.verify(sign(RSA, claims("exp", 9.9e300))).expiresAt())
                .isAfter(Instant.ofEpochSecond(NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b", "a.b.c", "....", "eyJ.eyJ.x", "e30.e30.", "ä.ö.ü", "bnVsbA.W10.x"})
    void refusesWhatIsNoToken(String text) throws IOException {
        var refused =
                catchThrowableOfType(TokenException.class, () -> trusting(RSA).verify(text));
        assertThat(refused.fault()).isIn(TokenFault.MALFORMED, TokenFault.ALGORITHM);
    }

    @Test
    void refusesTooMuchBeforeItLooksAtIt() throws IOException {
        assertRefused(trusting(RSA), "x".repeat(8193), TokenFault.TOO_LARGE);
        var nested = Base64URL.encode("{\"alg\":" + "[".repeat(3000)).toString();
        assertRefused(trusting(RSA), nested + ".e30.x", TokenFault.MALFORMED);
    }

    @Test
    void namesAFileWithoutKeysAndShowsNothingOfIt() throws IOException {
        var small = "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAM\n-----END PUBLIC KEY-----";
        for (var bad : List.of(
                new KeySource.JwksFile(file("{\"keys\":[]}")), new KeySource.JwksFile(folder.resolve("missing")))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> verifier(bad))
                    .withMessageContaining(bad.file().toString());
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier(new KeySource.SecretFile(file("hunter2"))))
                .withMessageContaining("has 7 bytes")
                .withMessageNotContaining("hunter2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier(new KeySource.SecretFile(file(pem(RSA)))))
                .withMessageContaining("PEM");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier(new KeySource.PublicKeyFile(file(small))))
                .withMessageContaining("2048");
    }
}
