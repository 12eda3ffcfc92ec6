package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Claims;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// One-use tickets, for URLs, which end up in logs: what a token says, sealed with a key that all nodes share, so that
/// any of them takes it (AES-256-GCM, NIST SP 800-38D). Nothing is kept of a ticket until it is used. That it was used,
/// each node remembers by itself: one that is stolen within its few seconds could be used once more at another node.
///
/// ```
/// version 1 | nonce 12, which names the ticket | sealed: expiry, 8 bytes of milliseconds | claims in JSON
/// ```
///
/// Thread-safe.
public final class Tickets {
    static final int USED_MAX = 200_000;
    private static final byte VERSION = 1;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final Duration APART = Duration.ofSeconds(30); // clocks of two nodes

    private final SecureRandom random = new SecureRandom();
    private final SecretKey key;
    private final Duration life;
    private final InstantSource clock;
    private final int usedMax;
    private final Cache<ByteBuffer, Boolean> used;

    /// Tickets under a key.
    ///
    /// @param secret of all nodes; at least 32 bytes that nobody can guess
    /// @param life how long a ticket may be used
    public Tickets(byte[] secret, Duration life, InstantSource clock) {
        this(secret, life, clock, USED_MAX);
    }

    Tickets(byte[] secret, Duration life, InstantSource clock, int usedMax) {
        this.key = key(secret);
        this.life = life;
        this.clock = clock;
        this.usedMax = usedMax;
        this.used = Caffeine.newBuilder()
                .expireAfterWrite(life.plus(APART.multipliedBy(2)))
                .ticker(Ticker.systemTicker())
                .executor(Runnable::run)
                .build();
    }

    private static SecretKey key(byte[] secret) {
        try {
            var derivation =
                    HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand("fanfare ticket".getBytes(US_ASCII), 32);
            return KDF.getInstance("HKDF-SHA256").deriveKey("AES", derivation); // RFC 5869
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK from 25 has HKDF", impossible);
        }
    }

    public Duration life() {
        return life;
    }

    /// A new ticket for who holds the token.
    public String issue(Token token) {
        var claims = token.claims().json().getBytes(UTF_8);
        var open = ByteBuffer.allocate(Long.BYTES + claims.length)
                .putLong(clock.instant().plus(life).toEpochMilli())
                .put(claims);
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(open.array());
            var ticket = ByteBuffer.allocate(1 + NONCE + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(ticket.array());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Uses a ticket up.
    ///
    /// @return what the token says that it was issued for; whether that holds now is for the caller to see
    /// @throws ProblemException if it is none of ours, too old, or was used
    public Claims redeem(String ticket) {
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(ticket));
            if (bytes.remaining() <= 1 + NONCE || bytes.get() != VERSION) {
                throw invalid("the ticket is none");
            }
            var nonce = new byte[NONCE];
            bytes.get(nonce);
            var open = ByteBuffer.wrap(
                    cipher(Cipher.DECRYPT_MODE, nonce).doFinal(bytes.array(), bytes.position(), bytes.remaining()));
            long left = open.getLong() - clock.millis();
            if (left <= 0 || left > life.plus(APART).toMillis()) {
                throw invalid("the ticket is too old: get another one from POST /v1/tickets");
            }
            use(nonce);
            return Claims.parse(UTF_8.decode(open).toString());
        } catch (GeneralSecurityException | IllegalArgumentException notOurs) {
            throw invalid("the ticket is none of this gateway's: get one from POST /v1/tickets, "
                    + "and have all nodes share access.tickets.key-file");
        }
    }

    /// Nothing is forgotten before its time, or it could be used again: rather no more are taken for a moment.
    private void use(byte[] nonce) {
        if (used.estimatedSize() >= usedMax) {
            used.cleanUp();
            if (used.estimatedSize() >= usedMax) {
                throw new ProblemException(
                        ErrorCode.TICKET_BUSY,
                        "too many tickets are being used: get another one in a moment",
                        Map.of("Retry-After", "5"));
            }
        }
        if (used.asMap().putIfAbsent(ByteBuffer.wrap(nonce), true) != null) {
            throw invalid("the ticket was used already: get another one from POST /v1/tickets for each connection");
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(new byte[] {VERSION});
        return cipher;
    }

    private static ProblemException invalid(String detail) {
        return Refusals.invalid(ErrorCode.INVALID_TICKET, detail);
    }
}
