package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.service.config.ConfigException;
import dev.fanfare.webhook.delivery.EndpointId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
    @ParameterizedTest
    @EnumSource
    void opensWhatItHasOpenedBefore(Kind kind) {
        var settings = kind.empty();
        Database.open(settings).close();
        try (var again = Database.open(settings)) {
            assertThat(again.registryVersion()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheSchemaIsNewer(Kind kind) {
        var settings = kind.empty();
        try (var database = Database.open(settings)) {
            database.jdbi().useHandle(handle -> handle.execute("""
                insert into "flyway_schema_history" ("installed_rank", "version", "description", "type", "script",
                  "installed_by", "installed_on", "execution_time", "success")
                values (99, '42', 'later', 'SQL', 'V42__later.sql', 'x', current_timestamp, 1, true)\
                """));
        }
        assertThatThrownBy(() -> Database.open(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("store.url: ")
                .hasMessageContaining("version 42");
    }

    @ParameterizedTest
    @EnumSource
    void keepsInstantsWhateverTheTimeZone(Kind kind) {
        var zone = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try (var database = Database.open(kind.empty())) {
            // this hour came twice in Berlin
            for (var time : new String[] {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}) {
                var instant = Instant.parse(time);
                var read = database.jdbi().inTransaction(handle -> {
                    handle.execute("delete from node");
                    handle.execute("insert into node (id, seen_at) values ('a', ?)", instant);
                    return handle.createQuery("select seen_at from node")
                            .mapTo(Instant.class)
                            .one();
                });
                assertThat(read).isEqualTo(instant);
            }
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void saysWhatCannotBeReached() {
        var settings = new StoreSettings("jdbc:postgresql://127.0.0.1:1/none?sslmode=disable", "me", "s3cret", 2);
        assertThatThrownBy(() -> Database.open(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("store.url: 'jdbc:postgresql://127.0.0.1:1/none' is refused: cannot be opened")
                .hasMessageNotContaining("s3cret");
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    @Test
    void saysThatThePasswordIsWrong(@TempDir Path folder) {
        var url = Kind.h2(folder.resolve("store")).url();
        Database.open(new StoreSettings(url, "sa", "right", 2)).close();
        assertThatThrownBy(() -> Database.open(new StoreSettings(url, "sa", "wr0ng-one", 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Wrong user name or password")
                .hasMessageNotContaining("wr0ng-one");
    }

    @Test
    void saysThatTheFileIsNoDatabase(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("store.mv.db"), "no database".repeat(1000));
        assertThatThrownBy(() -> Database.open(Kind.h2(folder.resolve("store"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("store.url: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/x?user=me&password=s3cret",
                "jdbc:postgresql://me:s3cret@db/x",
                "jdbc:h2:file:/tmp/x;PASSWORD=s3cret"
            })
    void takesNoPasswordInTheUrl(String url) {
        assertThatThrownBy(() -> Database.open(new StoreSettings(url, "me", "", 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("store.password")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void takesNoOtherDatabase() {
        assertThatThrownBy(() -> Database.open(new StoreSettings("jdbc:mysql://db/x", "me", "", 2)))
                .hasMessageContaining("jdbc:h2: or jdbc:postgresql:");
    }

    @Test
    void shardsAreForEver() {
        assertThat(Shards.of(new EndpointId("ep_abcdefghij0123456789"))).isEqualTo(55);
        assertThat(Shards.of(new EndpointId("ep_AAAAAAAAAAAAAAAAAAAA"))).isEqualTo(21);
    }
}
