package dev.fanfare.webhook.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL with a port and a data folder of its own, which can be stopped and started again.
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Postgres shared;

    private final int port;
    private final Path data;
    private @Nullable EmbeddedPostgres server;

    public Postgres() {
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
            data = Scratch.folder("postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /// One for all tests that leave it running; gone with the process.
    public static synchronized Postgres shared() {
        var running = shared;
        if (running == null) {
            running = new Postgres();
            shared = running;
        }
        return running;
    }

    public void start() {
        try {
            server = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void stop() {
        var running = server;
        server = null;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A new, empty database.
    public StoreSettings database() {
        var name = "store_" + DATABASES.incrementAndGet();
        try (var connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new StoreSettings(url(name), "postgres", "", 4);
    }

    /// Statements that a database has run, its own and those of this method not counted.
    public long statements(StoreSettings database) {
        try (var connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute("create extension if not exists pg_stat_statements");
            try (var rows = statement.executeQuery("select coalesce(sum(calls), 0) from pg_stat_statements s "
                    + "join pg_database d on d.oid = s.dbid where d.datname = '"
                    + database.url().substring(database.url().lastIndexOf('/') + 1) + "'")) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }
}
