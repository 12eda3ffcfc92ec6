package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// A row of endpoints, without secrets.
record EndpointRow(
        String id,
        String tenant,
        String settings,
        long version,
        long registryVersion,
        boolean deleted,
        Optional<String> disabledReason,
        Optional<Instant> pausedUntil,
        Optional<Instant> failingSince,
        OptionalInt allowedRate,
        Instant createdAt,
        Instant updatedAt) {
    private static final int IDS_MAX = 500;

    static EndpointRow of(ResultSet row, StatementContext context) throws SQLException {
        var rate = row.getObject("allowed_rate", Integer.class);
        return new EndpointRow(
                row.getString("id"),
                row.getString("tenant"),
                row.getString("settings"),
                row.getLong("version"),
                row.getLong("registry_version"),
                row.getBoolean("deleted"),
                Optional.ofNullable(row.getString("disabled_reason")),
                instant(row, "paused_until", context),
                instant(row, "failing_since", context),
                rate == null ? OptionalInt.empty() : OptionalInt.of(rate),
                instant(row, "created_at", context).orElseThrow(),
                instant(row, "updated_at", context).orElseThrow());
    }

    static Optional<Instant> instant(ResultSet row, String column, StatementContext context) throws SQLException {
        var mapper = context.findColumnMapperFor(Instant.class).orElseThrow();
        return Optional.ofNullable(mapper.map(row, column, context));
    }

    boolean isReadable() {
        try {
            SettingsCodec.of(settings);
            return true;
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    /// With their secrets.
    ///
    /// @throws IllegalArgumentException if one is not readable
    static List<Endpoint> endpoints(Handle handle, List<EndpointRow> rows) {
        var endpoints = new ArrayList<Endpoint>(rows.size());
        for (int from = 0; from < rows.size(); from += IDS_MAX) {
            var some = rows.subList(from, Math.min(rows.size(), from + IDS_MAX));
            var secrets =
                    SecretRows.of(handle, some.stream().map(EndpointRow::id).toList());
            some.forEach(row -> endpoints.add(row.endpoint(secrets)));
        }
        return endpoints;
    }

    private Endpoint endpoint(Map<String, List<SealedSecret>> secrets) {
        return new Endpoint(
                new EndpointId(id),
                tenant,
                SettingsCodec.of(settings),
                secrets.getOrDefault(id, List.of()),
                version,
                registryVersion,
                disabledReason,
                pausedUntil,
                failingSince,
                allowedRate,
                createdAt,
                updatedAt);
    }
}
