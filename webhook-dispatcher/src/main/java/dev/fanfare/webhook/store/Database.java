package dev.fanfare.webhook.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.fanfare.service.config.ConfigException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jdbi.v3.core.Jdbi;

/// The pool of connections to a database whose schema is this version's. Any thread.
///
/// No thread that uses it may be interrupted: an interrupt closes H2's file under everybody.
public final class Database implements AutoCloseable {
    private static final int CONNECT_SECONDS = 5;
    private static final int ANSWER_SECONDS = 60;
    private static final Pattern PASSWORD = Pattern.compile("[?;&]password=|//[^/@]*:[^/@]*@");

    /// PostgreSQL's mode as its own documentation of compatibility asks for it; committed means written (a power cut
    /// may still take what the operating system has not); the file is closed by the app, not by a hook of H2's.
    private static final List<String> H2_SETTINGS = List.of(
            "MODE=PostgreSQL",
            "DATABASE_TO_LOWER=TRUE",
            "DEFAULT_NULL_ORDERING=HIGH",
            "WRITE_DELAY=0",
            "LOCK_TIMEOUT=10000",
            "DB_CLOSE_ON_EXIT=FALSE");

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Endings endings = new Endings();

    private Database(HikariDataSource pool) {
        this.pool = pool;
        this.jdbi = Instants.register(Jdbi.create(pool));
    }

    /// Connects, and brings the schema up to date.
    ///
    /// @throws ConfigException names `store.url` and says what is wrong
    public static Database open(StoreSettings settings) {
        if (PASSWORD.matcher(settings.url().toLowerCase(Locale.ROOT)).find()) {
            throw refused(settings, "it holds a password: write that as store.password");
        }
        var url = withDefaults(settings);
        try (var _ = DriverManager.getConnection(url, credentials(settings))) {
            // a pool would take longer to say less
        } catch (SQLException failure) {
            throw refused(settings, "cannot be opened: " + reason(failure, settings));
        }
        var pool = pool(url, settings);
        try {
            migrate(pool, settings);
            return new Database(pool);
        } catch (RuntimeException failure) {
            pool.close();
            throw failure;
        }
    }

    /// For statements. Instants are bound and read as they are.
    ///
    /// What it throws may quote values: [Failure] says what kind it is.
    public Jdbi jdbi() {
        return jdbi;
    }

    /// What this node has ended in it.
    public Endings endings() {
        return endings;
    }

    /// The database's clock. Rounded to what the database keeps.
    public Instant now() {
        return jdbi.withHandle(Clock::now);
    }

    /// Of the registry of endpoints, as committed now.
    public long registryVersion() {
        return jdbi.withHandle(handle -> handle.createQuery("select version from registry where id = 1")
                .mapTo(Long.class)
                .one());
    }

    /// Drops idle connections: the pool does not know all the signs of a broken one, and while they are tried again and
    /// again, it does not look.
    void reconnect() {
        var running = pool.getHikariPoolMXBean();
        if (running != null) {
            running.softEvictConnections();
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private static String withDefaults(StoreSettings settings) {
        var url = settings.url();
        if (url.startsWith("jdbc:postgresql:")) {
            return url;
        }
        if (!url.startsWith("jdbc:h2:")) {
            throw refused(settings, "it must begin with jdbc:h2: or jdbc:postgresql:");
        }
        var full = new StringBuilder(url);
        for (var setting : H2_SETTINGS) {
            if (!url.toUpperCase(Locale.ROOT)
                    .contains(";" + setting.replaceAll("=.*", "=").toUpperCase(Locale.ROOT))) {
                full.append(';').append(setting);
            }
        }
        return full.toString();
    }

    private static Properties credentials(StoreSettings settings) {
        var properties = driverProperties(settings);
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        return properties;
    }

    private static Properties driverProperties(StoreSettings settings) {
        var properties = new Properties();
        if (settings.url().startsWith("jdbc:postgresql:")) {
            properties.setProperty("ApplicationName", "fanfare-webhooks");
            properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
            properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
            properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
            properties.setProperty("tcpKeepAlive", "true");
        }
        return properties;
    }

    private static HikariDataSource pool(String url, StoreSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("store");
        config.setJdbcUrl(url);
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setDataSourceProperties(driverProperties(settings));
        config.setMaximumPoolSize(settings.connections());
        config.setConnectionTimeout(CONNECT_SECONDS * 1000L);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static void migrate(DataSource pool, StoreSettings settings) {
        try {
            var flyway = Flyway.configure(Database.class.getClassLoader())
                    .dataSource(pool)
                    .locations("classpath:db/migration")
                    .load();
            var newest = Arrays.stream(flyway.info().applied())
                    .filter(applied -> applied.getState().isResolved() == false)
                    .map(MigrationInfo::getVersion)
                    .findFirst();
            if (newest.isPresent()) {
                throw refused(
                        settings,
                        "its schema has version %s, which this version of Fanfare does not know: start the newer one"
                                .formatted(newest.get()));
            }
            flyway.migrate();
        } catch (FlywayException failure) {
            throw refused(settings, "its schema cannot be brought up to date: " + reason(failure, settings));
        }
    }

    private static ConfigException refused(StoreSettings settings, String why) {
        return new ConfigException(List.of("store.url: '%s' is refused: %s".formatted(settings.shownUrl(), why)));
    }

    private static String reason(Throwable failure, StoreSettings settings) {
        var text = String.valueOf(failure.getMessage())
                .replaceAll("\\p{Cntrl}+", " ")
                .replace(settings.url(), settings.shownUrl());
        return settings.password().isEmpty() ? text : text.replace(settings.password(), "***");
    }
}
