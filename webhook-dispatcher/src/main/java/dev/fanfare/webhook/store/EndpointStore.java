package dev.fanfare.webhook.store;

import static java.lang.System.Logger.Level.ERROR;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jspecify.annotations.Nullable;

/// The endpoints as stored. Each change makes the registry's version grow in the same transaction, under its lock, so
/// that versions are committed in their order and no node misses one.
///
/// Any thread. Every method blocks, and throws a `JdbiException` while the store is away.
public final class EndpointStore {
    private static final System.Logger LOG = System.getLogger(EndpointStore.class.getName());

    private final Database database;
    private final ReentrantLock syncing = new ReentrantLock();

    /// What came of deleting.
    public enum Deletion {
        DELETED,
        /// It has another version.
        STALE,
        /// There is none, or no more.
        MISSING
    }

    /// What has changed since a node looked last.
    public record Changes(List<Endpoint> changed, List<EndpointId> deleted) {
        public Changes {
            changed = List.copyOf(changed);
            deleted = List.copyOf(deleted);
        }
    }

    /// What is to be stored in place of what is there.
    ///
    /// @param revive whether what the dispatcher has found out is forgotten: that it is disabled, paused, failing
    /// @param allowedRate calls a minute, as granted
    public record Update(
            EndpointSettings settings, List<SealedSecret> secrets, boolean revive, OptionalInt allowedRate) {
        public Update {
            secrets = List.copyOf(secrets);
        }
    }

    public EndpointStore(Database database) {
        this.database = database;
    }

    /// Stores a new endpoint under a new id.
    public Endpoint create(
            Unit unit, String tenant, EndpointSettings settings, List<SealedSecret> secrets, OptionalInt allowedRate) {
        long version = lockRegistry(unit.handle) + 1;
        var id = EndpointId.random();
        unit.handle
                .createUpdate("""
                    insert into endpoint (id, tenant, settings, version, registry_version, deleted, allowed_rate,
                      created_at, updated_at)
                    values (:id, :tenant, :settings, 1, :version, false, :rate, :now, :now)\
                    """)
                .bind("id", id.value())
                .bind("tenant", tenant)
                .bind("settings", SettingsCodec.text(settings))
                .bind("version", version)
                .bind("rate", boxed(allowedRate))
                .bind("now", unit.now())
                .execute();
        SecretRows.insert(unit.handle, id, secrets);
        setRegistry(unit.handle, version);
        return find(unit, id).orElseThrow();
    }

    /// Stores an update of an endpoint that is still as it was read.
    ///
    /// @param before as read
    /// @return as stored; empty, and nothing has changed, if somebody else was first
    public Optional<Endpoint> update(Unit unit, Endpoint before, Update update) {
        long version = lockRegistry(unit.handle) + 1;
        int changed = unit.handle
                .createUpdate("""
                        update endpoint set settings = :settings, version = version + 1, registry_version = :version,
                          allowed_rate = :rate, updated_at = :now
                        """
                        + (update.revive ? ", disabled_reason = null, paused_until = null, failing_since = null" : "")
                        + " where id = :id and version = :before and deleted = false")
                .bind("settings", SettingsCodec.text(update.settings))
                .bind("version", version)
                .bind("rate", boxed(update.allowedRate))
                .bind("now", unit.now())
                .bind("id", before.id().value())
                .bind("before", before.version())
                .execute();
        if (changed == 0) {
            return Optional.empty();
        }
        if (!update.secrets.equals(before.secrets())) {
            SecretRows.delete(unit.handle, before.id());
            SecretRows.insert(unit.handle, before.id(), update.secrets);
        }
        setRegistry(unit.handle, version);
        return find(unit, before.id());
    }

    /// Removes an endpoint with its secrets; that it was there is kept for nodes that are away. What is parked for it
    /// is for [Parked#cancel], once this is committed.
    ///
    /// @param version that it must have, if any
    public Deletion delete(Unit unit, EndpointId id, OptionalLong version) {
        long registry = lockRegistry(unit.handle) + 1;
        int deleted = unit.handle
                .createUpdate("""
                    update endpoint set deleted = true, settings = '{}', version = version + 1,
                      registry_version = :registry, updated_at = :now
                    where id = :id and deleted = false and (version = :version or :version < 0)\
                    """)
                .bind("registry", registry)
                .bind("now", unit.now())
                .bind("id", id.value())
                .bind("version", version.orElse(-1))
                .execute();
        if (deleted == 0) {
            return find(unit, id).isPresent() ? Deletion.STALE : Deletion.MISSING;
        }
        SecretRows.delete(unit.handle, id);
        setRegistry(unit.handle, registry);
        return Deletion.DELETED;
    }

    public Optional<Endpoint> find(EndpointId id) {
        return database.jdbi().withHandle(handle -> find(handle, id));
    }

    /// As the unit sees it.
    public Optional<Endpoint> find(Unit unit, EndpointId id) {
        return find(unit.handle, id);
    }

    /// Whose an endpoint is, or was: for a day after it was deleted.
    public Optional<String> tenant(EndpointId id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select tenant from endpoint where id = ?")
                        .bind(0, id.value())
                        .mapTo(String.class)
                        .findOne());
    }

    /// A page, in the order of ids.
    ///
    /// @param tenants whose, empty for everybody's
    /// @param after the last one of the page before
    public List<Endpoint> list(Optional<Set<String>> tenants, Optional<EndpointId> after, int limit) {
        return database.jdbi().withHandle(handle -> {
            var query = handle.createQuery("select * from endpoint where deleted = false and id > :after"
                            + (tenants.isPresent() ? " and tenant in (<tenants>)" : "") + " order by id limit :limit")
                    .bind("after", after.map(EndpointId::value).orElse(""))
                    .bind("limit", limit);
            tenants.ifPresent(some -> query.bindList(EmptyHandling.NULL_KEYWORD, "tenants", List.copyOf(some)));
            return EndpointRow.endpoints(handle, query.map(EndpointRow::of).list());
        });
    }

    /// All that are stored, to make sure at start that each can be opened.
    public List<SealedSecret> secrets() {
        return database.jdbi().withHandle(SecretRows::all);
    }

    /// Replaces secrets by the same ones under another key. Nodes that have read them before know them still.
    ///
    /// @param renewal empty for those that stay
    public void renewSecrets(Function<SealedSecret, Optional<SealedSecret>> renewal) {
        for (var secret : secrets()) {
            renewal.apply(secret)
                    .ifPresent(renewed ->
                            database.jdbi().useHandle(handle -> SecretRows.replace(handle, secret.keyId(), renewed)));
        }
    }

    /// Brings the registry up to date. One thread at a time gets through, the others wait.
    ///
    /// @return the store's version, which the registry has reached
    public long sync(Registry registry) {
        return sync(registry, _ -> {});
    }

    /// Brings the registry up to date.
    ///
    /// @param listener is told of changes when the registry has them, by the thread that called
    /// @return the store's version, which the registry has reached
    public long sync(Registry registry, Consumer<Changes> listener) {
        syncing.lock();
        try {
            long known = registry.version();
            long version = database.registryVersion();
            if (version < known) {
                LOG.log(ERROR, "the store has lost changes of endpoints, from {0} back to {1}", known, version);
                var there = database.jdbi().withHandle(handle -> changes(handle, -1));
                var gone = new HashSet<EndpointId>();
                registry.all().forEach(endpoint -> gone.add(endpoint.id()));
                there.changed.forEach(endpoint -> gone.remove(endpoint.id()));
                apply(registry, version, new Changes(there.changed, List.copyOf(gone)), listener);
            } else if (version > known) {
                apply(registry, version, database.jdbi().withHandle(handle -> changes(handle, known)), listener);
            }
            return registry.version();
        } finally {
            syncing.unlock();
        }
    }

    private static void apply(Registry registry, long version, Changes changes, Consumer<Changes> listener) {
        registry.apply(version, changes.changed, changes.deleted);
        listener.accept(changes);
    }

    /// May hold changes that are younger than the version that was read before: they come once more.
    private static Changes changes(Handle handle, long known) {
        var rows = handle.createQuery("select * from endpoint where registry_version > ?")
                .bind(0, known)
                .map(EndpointRow::of)
                .list();
        var changed = new ArrayList<EndpointRow>();
        var deleted = new ArrayList<EndpointId>();
        for (var row : rows) {
            if (row.deleted()) {
                deleted.add(new EndpointId(row.id()));
            } else if (row.isReadable()) {
                changed.add(row);
            } else {
                LOG.log(ERROR, "the settings of endpoint {0} are not readable: it gets no events", row.id());
                deleted.add(new EndpointId(row.id()));
            }
        }
        return new Changes(EndpointRow.endpoints(handle, changed), deleted);
    }

    private static Optional<Endpoint> find(Handle handle, EndpointId id) {
        var rows = handle.createQuery("select * from endpoint where id = ? and deleted = false")
                .bind(0, id.value())
                .map(EndpointRow::of)
                .list();
        return EndpointRow.endpoints(handle, rows).stream().findFirst();
    }

    private static long lockRegistry(Handle handle) {
        return handle.createQuery("select version from registry where id = 1 for update")
                .mapTo(Long.class)
                .one();
    }

    private static void setRegistry(Handle handle, long version) {
        handle.execute("update registry set version = ? where id = 1", version);
    }

    private static @Nullable Integer boxed(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }
}
