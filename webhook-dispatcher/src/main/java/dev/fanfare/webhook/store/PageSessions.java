package dev.fanfare.webhook.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Who may use the pages, as all nodes know it: links, each of which opens one session, and sessions. What opens them
/// is
/// a random token of which only a hash is stored: who reads the database can open nothing. Any thread.
public final class PageSessions {
    private static final int TOKEN_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Database database;

    /// What a token opens.
    ///
    /// @param tenant whose things; empty: everybody's
    public record Pass(String token, Optional<String> tenant, Instant expiresAt) {
        /// Without the token.
        @Override
        public String toString() {
            return "Pass[" + tenant.orElse("all tenants") + ", until " + expiresAt + "]";
        }
    }

    public PageSessions(Database database) {
        this.database = database;
    }

    /// A new link.
    public Pass link(Optional<String> tenant, Duration life) {
        return database.jdbi().withHandle(handle -> insert(handle, "page_link", tenant, life));
    }

    /// Uses a link up. The same link at once on two nodes opens one session.
    ///
    /// @return the new session; empty if the link was used, has expired or never was
    public Optional<Pass> open(String linkToken, Duration life) {
        return Writes.retrying(() -> database.jdbi().inTransaction(handle -> {
            var link = find(handle, "page_link", linkToken);
            return link.isPresent() && delete(handle, "page_link", linkToken)
                    ? Optional.of(insert(handle, "page_session", link.get().tenant, life))
                    : Optional.empty();
        }));
    }

    /// A session that is not over.
    public Optional<Pass> find(String token) {
        return database.jdbi().withHandle(handle -> find(handle, "page_session", token));
    }

    /// Ends a session.
    public void close(String token) {
        database.jdbi().useHandle(handle -> delete(handle, "page_session", token));
    }

    /// What a session is called where its token must not be; the same each time.
    public static String name(Pass session) {
        return hash("name " + session.token).substring(0, 32);
    }

    private static Pass insert(Handle handle, String table, Optional<String> tenant, Duration life) {
        var bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var expiresAt = Clock.now(handle).plus(life);
        @Nullable String owner = tenant.orElse(null);
        handle.execute(
                "insert into " + table + " (token_hash, tenant, expires_at) values (?, ?, ?)",
                hash(token),
                owner,
                expiresAt);
        return new Pass(token, tenant, expiresAt);
    }

    private static Optional<Pass> find(Handle handle, String table, String token) {
        return handle.createQuery("select tenant, expires_at from " + table
                        + " where token_hash = ? and expires_at > current_timestamp")
                .bind(0, hash(token))
                .map((row, context) -> new Pass(
                        token,
                        Optional.ofNullable(row.getString("tenant")),
                        EndpointRow.instant(row, "expires_at", context).orElseThrow()))
                .findOne();
    }

    private static boolean delete(Handle handle, String table, String token) {
        return handle.execute("delete from " + table + " where token_hash = ?", hash(token)) == 1;
    }

    private static String hash(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
