package dev.fanfare.webhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    private Path folder;

    @Test
    void refusesACertificateThatNobodyVouchesFor() throws Exception {
        try (var server = server(keys("receiver.test"));
                var sender = Senders.loopback()) {
            var result = sender.send(request(server, false));
            assertThat(result.reason()).isEqualTo(Reason.TLS);
            assertThat(result.detail())
                    .isEqualTo("The receiver's certificate is of no known authority, or its chain is incomplete.");
            assertThat(server.getRequestCount()).isZero();
        }
    }

    @Test
    void refusesACertificateForAnotherName() throws Exception {
        var keys = keys("other.test");
        try (var server = server(keys);
                var sender = Senders.trusting(trusting(keys))) {
            var result = sender.send(request(server, false));
            assertThat(result.reason()).isEqualTo(Reason.TLS);
            assertThat(result.detail()).isEqualTo("The receiver's certificate is for another name.");
            assertThat(server.getRequestCount()).isZero();
        }
    }

    @Test
    void failsWhereTheHandshakeIsCutShort() throws Exception {
        try (var server = server(keys("receiver.test"));
                var sender = Senders.loopback()) {
            server.enqueue(new MockResponse.Builder().failHandshake().build());
            assertThat(sender.send(request(server, false)).reason()).isEqualTo(Reason.TLS);
        }
    }

    @Test
    void speaksHttp2OnlyWhereAsked() throws Exception {
        var keys = keys("receiver.test");
        try (var server = server(keys);
                var sender = Senders.trusting(trusting(keys))) {
            for (var http2 : new boolean[] {false, true, true}) {
                server.enqueue(new MockResponse.Builder().body("ok").build());
                var result = sender.send(request(server, http2));
                assertThat(result.reason()).isEqualTo(Reason.DELIVERED);
                assertThat(result.responseHead()).isEqualTo("ok");
                var request = server.takeRequest();
                assertThat(request.getVersion()).isEqualTo(http2 ? "HTTP/2" : "HTTP/1.1");
                assertThat(request.getBody()).hasToString("[text={\"a\":1}]");
            }
            server.enqueue(new MockResponse.Builder().build());
            assertThat(sender.send(request(server, false)).timings().tls()).isEqualTo(-1); // the first connection
        }
    }

    @Test
    void losesAnHttp2StreamOnce() throws Exception {
        var keys = keys("receiver.test");
        try (var server = server(keys);
                var sender = Senders.trusting(trusting(keys))) {
            server.enqueue(new MockResponse.Builder().build());
            server.enqueue(new MockResponse.Builder()
                    .onResponseStart(new SocketEffect.CloseSocket())
                    .build());
            assertThat(sender.send(request(server, true)).reason()).isEqualTo(Reason.DELIVERED);
            assertThat(sender.send(request(server, true)).reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(server.getRequestCount()).isEqualTo(2);
        }
    }

    private static Request request(MockWebServer server, boolean http2) {
        var plain = Senders.request("https://receiver.test:" + server.getPort() + "/");
        return new Request(plain.url(), Map.of(), plain.body(), plain.timeout(), http2);
    }

    private static MockWebServer server(KeyStore keys) throws Exception {
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        var server = new MockWebServer();
        server.useHttps(context.getSocketFactory());
        server.start();
        return server;
    }

    private static OkHttpClient trusting(KeyStore keys) throws Exception {
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(keys);
        var trust = (X509TrustManager) Arrays.stream(managers.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .findFirst()
                .orElseThrow();
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return new OkHttpClient.Builder()
                .sslSocketFactory(context.getSocketFactory(), trust)
                .build();
    }

    /// A key with a certificate that it signed itself.
    private KeyStore keys(String name) throws Exception {
        var file = folder.resolve(name + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "key",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name,
                        "-validity",
                        "10",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        // the same certificate as one to trust: a trust manager takes no key entries
        keys.setCertificateEntry("trusted", keys.getCertificate("key"));
        return keys;
    }
}
