package dev.fanfare.webhook.store;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/// Changes that somebody asked for, each request's as a whole, and once where it carries an `Idempotency-Key`: its
/// answer is kept in the transaction that made the change, and given again. Requests that are refused change nothing,
/// and are not kept. Any thread.
public final class Writes {
    private static final int TRIES = 5;

    private final Database database;
    private final Sealing sealing;

    /// Answers may hold a new secret, so they are stored encrypted.
    public interface Sealing {
        String seal(String text);

        /// What [#seal] was given.
        String open(String sealed);
    }

    /// What makes a request known again.
    ///
    /// @param scope the key, and whose it is; at most 200 characters
    /// @param fingerprint of the request, at most 64 characters
    public record Claim(String scope, String fingerprint) {}

    /// An answer.
    public record Reply(int status, String etag, String body) {
        /// Without the body: it may hold a secret.
        @Override
        public String toString() {
            return "Reply[" + status + "]";
        }
    }

    /// What came of a request.
    public sealed interface Outcome {
        record Done(Reply reply) implements Outcome {}

        /// It was done before, and was answered so.
        record Repeated(Reply reply) implements Outcome {}

        /// Another request had this key.
        record KeyReused() implements Outcome {}
    }

    public Writes(Database database, Sealing sealing) {
        this.database = database;
        this.sealing = sealing;
    }

    /// What is known of a request before anything is done for it; empty if it is new.
    public Optional<Outcome> known(Optional<Claim> claim) {
        return claim.flatMap(one -> database.jdbi().withHandle(handle -> stored(handle, one)));
    }

    /// Does the work in one transaction, anew if somebody got in its way. Exceptions of the work undo it.
    public Outcome run(Optional<Claim> claim, Function<Unit, Reply> work) {
        return retrying(() -> database.jdbi().inTransaction(handle -> once(handle, claim, work)));
    }

    private Outcome once(Handle handle, Optional<Claim> claim, Function<Unit, Reply> work) {
        if (claim.isPresent() && !take(handle, claim.get())) {
            return stored(handle, claim.get()).orElseThrow();
        }
        var reply = work.apply(new Unit(handle));
        claim.ifPresent(one -> handle.execute(
                "update idempotency set status = ?, etag = ?, body = ? where scope = ?",
                reply.status(),
                reply.etag(),
                sealing.seal(reply.body()),
                one.scope()));
        return new Outcome.Done(reply);
    }

    /// Waits for the end of a transaction that has taken the same key.
    private static boolean take(Handle handle, Claim claim) {
        return handle.execute("""
            insert into idempotency (scope, fingerprint, status, etag, body, created_at)
            values (?, ?, 0, '', '', ?) on conflict do nothing\
            """, claim.scope(), claim.fingerprint(), Clock.now(handle)) == 1;
    }

    private Optional<Outcome> stored(Handle handle, Claim claim) {
        return handle.createQuery("select fingerprint, status, etag, body from idempotency where scope = ?")
                .bind(0, claim.scope())
                .<Outcome>map((row, _) -> row.getString("fingerprint").equals(claim.fingerprint())
                        ? new Outcome.Repeated(new Reply(
                                row.getInt("status"), row.getString("etag"), sealing.open(row.getString("body"))))
                        : new Outcome.KeyReused())
                .findOne();
    }

    interface Transaction<T> {
        T run();
    }

    static <T> T retrying(Transaction<T> transaction) {
        for (int tries = 1; ; tries++) {
            try {
                return transaction.run();
            } catch (JdbiException failure) {
                if (tries == TRIES || Failure.of(failure) != Failure.CONFLICT) {
                    throw failure;
                }
            }
        }
    }
}
