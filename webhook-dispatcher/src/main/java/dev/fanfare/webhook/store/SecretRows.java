package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// Endpoints' signing secrets.
final class SecretRows {
    /// Current ones first, `v1` before `v1a`; then the latest to be replaced.
    private static final Comparator<SealedSecret> ORDER = Comparator.comparing(
                    (SealedSecret secret) -> secret.expiresAt().orElse(Instant.MAX), Comparator.reverseOrder())
            .thenComparing(SealedSecret::scheme);

    private SecretRows() {}

    static void insert(Handle handle, EndpointId endpoint, List<SealedSecret> secrets) {
        var rows = new MultiInsert(
                "endpoint_secret",
                "endpoint_id",
                "id",
                "scheme",
                "key_id",
                "sealed",
                "public_key",
                "created_at",
                "expires_at");
        for (var secret : secrets) {
            rows.add(
                    endpoint.value(),
                    secret.id(),
                    secret.scheme(),
                    secret.keyId(),
                    secret.sealed(),
                    secret.publicKey(),
                    secret.createdAt(),
                    secret.expiresAt().orElse(null));
        }
        rows.execute(handle);
    }

    /// Unless somebody else has done so.
    static void replace(Handle handle, String keyId, SealedSecret by) {
        handle.execute(
                "update endpoint_secret set key_id = ?, sealed = ? where id = ? and key_id = ?",
                by.keyId(),
                by.sealed(),
                by.id(),
                keyId);
    }

    static void delete(Handle handle, EndpointId endpoint) {
        handle.execute("delete from endpoint_secret where endpoint_id = ?", endpoint.value());
    }

    /// @param endpoints at least one
    static Map<String, List<SealedSecret>> of(Handle handle, List<String> endpoints) {
        var secrets = new HashMap<String, List<SealedSecret>>();
        handle.createQuery("select * from endpoint_secret where endpoint_id in (<ids>)")
                .bindList("ids", endpoints)
                .map((row, context) -> Map.entry(row.getString("endpoint_id"), secret(row, context)))
                .forEach(one -> secrets.computeIfAbsent(one.getKey(), _ -> new ArrayList<>())
                        .add(one.getValue()));
        secrets.values().forEach(list -> list.sort(ORDER));
        return secrets;
    }

    static List<SealedSecret> all(Handle handle) {
        return handle.createQuery("select * from endpoint_secret")
                .map(SecretRows::secret)
                .list();
    }

    private static SealedSecret secret(ResultSet row, StatementContext context) throws SQLException {
        return new SealedSecret(
                row.getString("id"),
                row.getString("scheme"),
                row.getString("key_id"),
                row.getBytes("sealed"),
                row.getBytes("public_key"),
                EndpointRow.instant(row, "created_at", context).orElseThrow(),
                EndpointRow.instant(row, "expires_at", context));
    }
}
