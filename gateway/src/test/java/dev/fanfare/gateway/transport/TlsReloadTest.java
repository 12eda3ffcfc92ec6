package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.listener.Tls;
import dev.fanfare.gateway.testing.Authority;
import dev.fanfare.gateway.testing.Encrypted;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Certificates that change while clients are connected.
@Timeout(120)
class TlsReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(Tls.class.getName()); // held, or its handler may go with it

    @TempDir
    Path folder;

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler log = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final LocalBroker broker = LocalBroker.get();
    private final String topic = broker.newTopic("reload", 1);
    private Authority old;
    private Authority fresh;
    private Authority.Issued files;
    private Gateways.Running gateway;

    @BeforeEach
    void start() throws IOException {
        LOG.addHandler(log);
        old = Authority.in(Files.createDirectory(folder.resolve("old")));
        fresh = Authority.in(Files.createDirectory(folder.resolve("fresh")));
        files = old.issue("server", "EC");
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.server = Encrypted.with(files).server();
        gateway = gateways.startUnready();
        await().atMost(PATIENCE).until(() -> status(old.clients(), "/health/ready") == 200);
    }

    @AfterEach
    void stop() {
        LOG.removeHandler(log);
        gateway.close();
    }

    private RawClient connect(SSLContext clients) throws IOException {
        return RawClient.over(clients.getSocketFactory().createSocket("localhost", gateway.port()));
    }

    /// 0 for who does not trust the certificate.
    private int status(SSLContext clients, String target) throws IOException {
        try (var client = connect(clients)) {
            return client.get(target).answer().status();
        } catch (javax.net.ssl.SSLHandshakeException distrust) {
            return 0;
        }
    }

    private void replace(Authority.Issued by) throws IOException {
        Files.copy(by.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(by.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void givesNewConnectionsTheNewCertificateAndKeepsTheOld() throws IOException {
        try (var client = connect(old.clients())) {
            client.openStream("/v1/events?channel=" + topic + ".a");
            var events = new EventSourceParser(client.in());
            events.message("ready");

            replace(fresh.issue("server", "RSA"));

            await().atMost(PATIENCE).until(() -> status(fresh.clients(), "/health/live") == 200);
            assertThat(status(old.clients(), "/health/live")).isZero();
            broker.send(topic, 0, "a", "still here".getBytes(UTF_8));
            assertThat(events.message().data()).isEqualTo("still here");
        }
    }

    @Test
    void keepsTheOldWhereTheNewIsBad() throws IOException {
        // moved there, as a file that is being written may be read while it is empty, which is another complaint
        Files.move(
                Files.writeString(folder.resolve("nonsense"), "nonsense"),
                files.key(),
                StandardCopyOption.REPLACE_EXISTING);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(logged)
                        .singleElement()
                        .asString()
                        .contains(
                                "the certificate stays the old one",
                                "server.tls.private-key-file",
                                files.key().toString()));
        assertThat(status(old.clients(), "/health/live")).isEqualTo(200);

        Files.delete(files.certificate());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(logged).hasSize(2));
        assertThat(logged.get(1)).contains("server.tls.certificate-file", "NoSuchFileException");
        assertThat(status(old.clients(), "/health/live")).isEqualTo(200);

        replace(fresh.issue("server", "EC"));
        await().atMost(PATIENCE).until(() -> status(fresh.clients(), "/health/live") == 200);
    }
}
