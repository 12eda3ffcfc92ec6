package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The database goes away under the journal, or the process under both.
class OutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final EndpointId ENDPOINT = new EndpointId("ep_abcdefghij0123456789");
    private static final int KILLED_AFTER = 3000;

    private final Set<Long> settled = ConcurrentHashMap.newKeySet();

    private Job job(long offset) {
        return Job.live(Given.message(offset), ENDPOINT, job -> {
            if (!settled.add(job.message().id().offset())) {
                throw new IllegalStateException("told twice");
            }
        });
    }

    private void write(SqlJournal journal, int from, int to) {
        for (int i = from; i < to; i++) {
            journal.write(
                    i % 2 == 0 ? Given.delivered(job(i)) : Given.parked(job(i), ParkReason.LANE_FULL, Given.TIME));
        }
    }

    private void recorded(Database database, int events) {
        assertThat(settled).hasSize(events);
        assertThat(new Frontier(database).settled(Given.TOPIC, 3, 0)).hasSize(events);
        assertThat(number(database, "select count(*) from attempt")).isEqualTo(events / 2);
        assertThat(new Parked(database).backlog().count()).isEqualTo(events / 2);
    }

    private static long number(Database database, String sql) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    @Test
    void whatIsWrittenWhileThePostgresIsStoppedIsCommittedWhenItIsBack() {
        try (var server = new Postgres();
                var database = Database.open(server.database());
                var journal = new SqlJournal(database, _ -> Optional.empty(), _ -> {}, Duration.ofSeconds(5))) {
            write(journal, 0, 1000);
            await().atMost(PATIENCE).until(() -> settled.size() == 1000);
            server.stop();
            write(journal, 1000, 3000);
            await().atMost(PATIENCE).until(journal::isAway);
            assertThat(journal.pending()).isEqualTo(2000);
            assertThat(settled).hasSize(1000);
            server.start();
            await().atMost(PATIENCE).until(() -> settled.size() == 3000);
            assertThat(journal.isAway()).isFalse();
            recorded(database, 3000);
        }
    }

    @Test
    void h2ThatIsShutDownUnderTheJournalIsOpenedAgain() {
        try (var database = Database.open(Kind.H2.empty());
                var journal = new SqlJournal(database, _ -> Optional.empty(), _ -> {}, Duration.ofSeconds(5))) {
            for (int round = 0; round < 5; round++) {
                write(journal, round * 1000, round * 1000 + 700);
                assertThatThrownBy(() -> database.jdbi().useHandle(handle -> handle.execute("shutdown immediately")));
                write(journal, round * 1000 + 700, round * 1000 + 1000);
            }
            await().atMost(PATIENCE).until(() -> settled.size() == 5000);
            recorded(database, 5000);
        }
    }

    @Test
    void whoClosesWhileTheDatabaseIsAwayIsNotHeldUpForEver() {
        var server = new Postgres();
        try (var database = Database.open(server.database())) {
            var journal = new SqlJournal(database, _ -> Optional.empty(), _ -> {}, Duration.ofMillis(300));
            server.stop();
            write(journal, 0, 10);
            await().atMost(PATIENCE).until(journal::isAway);
            journal.close();
            assertThat(settled).isEmpty();
            assertThat(journal.pending()).isEqualTo(10);
        }
    }

    /// A process of its own writes and says what is settled, until it is killed: all of that is in its file.
    @Test
    void whatWasSettledSurvivesAKill(@TempDir Path folder) throws Exception {
        var file = folder.resolve("store");
        var writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Killed.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var told = new HashSet<Long>();
        try (var output =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                told.add(Long.valueOf(line));
                if (told.size() == KILLED_AFTER) {
                    ProcessHandle.of(writer.pid())
                            .ifPresent(ProcessHandle::destroyForcibly); // leaves the pipe to be read
                }
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertThat(told).hasSizeGreaterThanOrEqualTo(KILLED_AFTER);
        try (var database = Database.open(Kind.h2(file))) {
            var found = new HashSet<Long>();
            new Frontier(database)
                    .settled(Given.TOPIC, 3, 0)
                    .forEach(id -> found.add(id.message().offset()));
            assertThat(found).containsAll(told);
        }
    }

    /// The process that is killed.
    static final class Killed {
        static void main(String[] arguments) {
            var database = Database.open(Kind.h2(Path.of(arguments[0])));
            var journal = new SqlJournal(database, _ -> Optional.empty(), _ -> {}, Duration.ofSeconds(5));
            for (long i = 0; ; i++) {
                var job = Job.live(Given.message(i), ENDPOINT, done -> {
                    System.out.println(done.message().id().offset());
                    System.out.flush();
                });
                journal.write(i % 2 == 0 ? Given.delivered(job) : Given.parked(job, ParkReason.LANE_FULL, Given.TIME));
                while (journal.pending() > 2000) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
