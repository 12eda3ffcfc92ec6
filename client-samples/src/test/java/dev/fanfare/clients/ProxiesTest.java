package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The library in a real Chromium behind nginx and HAProxy, as Debian configures them: it finds the transport that gets
/// through, and misses nothing when the gateway behind them restarts.
@Timeout(240)
class ProxiesTest {
    @TempDir
    static Path dir;

    private static Pages pages;
    private static TestGateway gateway;
    private static String topic;
    private static final Map<String, Integer> PORTS = new HashMap<>();
    private static final List<Program> PROXIES = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        var nginx = Repository.program("nginx", "nginx-light");
        var haproxy = Repository.program("haproxy", "haproxy");
        pages = Pages.start(Files.createDirectory(dir.resolve("browser")));
        topic = LocalBroker.get().newTopic("proxies", 3);
        gateway = TestGateway.start(dir, topic, "server.origins: " + pages.origin());
        for (var name : List.of("untold", "nginx", "upgrading", "buffering", "haproxy")) {
            PORTS.put(name, TestGateway.freePort());
        }
        var folder = Files.createDirectory(dir.resolve("nginx"));
        Files.writeString(folder.resolve("nginx.conf"), nginxConfiguration());
        Files.writeString(dir.resolve("haproxy.cfg"), haproxyConfiguration());
        PROXIES.add(Program.start(folder, Map.of(), List.of(nginx.toString(), "-p", folder + "/", "-c", "nginx.conf")));
        PROXIES.add(Program.start(dir, Map.of(), List.of(haproxy.toString(), "-db", "-f", "haproxy.cfg")));
        PORTS.values()
                .forEach(port -> await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .untilAsserted(() -> new Socket(InetAddress.ofLiteral("127.0.0.1"), port).close()));
    }

    /// What Debian's nginx.conf leaves at its defaults stays so, buffering too; one server is not even told to speak
    /// HTTP/1.1.
    private static String nginxConfiguration() {
        var server = "  server { listen 127.0.0.1:%d; location / { proxy_pass %s; %s } }\n";
        var http11 = "proxy_http_version 1.1; ";
        return """
                daemon off;
                user root;
                worker_processes 1;
                pid nginx.pid;
                error_log stderr;
                events { worker_connections 768; }
                http {
                  access_log off;
                  sendfile on;
                  tcp_nopush on;
                  gzip on;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                %s}
                """.formatted(server.formatted(PORTS.get("untold"), gateway.url(), "")
                + server.formatted(PORTS.get("nginx"), gateway.url(), http11)
                + server.formatted(PORTS.get("upgrading"), gateway.url(), http11 + """
                        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;""")
                + server.formatted(
                        PORTS.get("buffering"), gateway.url(), http11 + "proxy_ignore_headers X-Accel-Buffering;"));
    }

    private static String haproxyConfiguration() {
        return """
                defaults
                  mode http
                  timeout connect 5000
                  timeout client 50000
                  timeout server 50000
                frontend front
                  bind 127.0.0.1:%d
                  default_backend gateway
                backend gateway
                  server one 127.0.0.1:%d
                """.formatted(PORTS.get("haproxy"), gateway.port());
    }

    @AfterAll
    static void stop() throws IOException {
        PROXIES.forEach(Program::close);
        if (gateway != null) {
            gateway.close();
        }
        if (pages != null) {
            pages.close();
        }
    }

    @Test
    void missesNothingBehindAnyOfThem() throws Exception {
        var numbers = new Numbers(topic, "behind");
        pages.open();
        var transports =
                Map.of("untold", "sse", "nginx", "sse", "upgrading", "ws", "buffering", "poll", "haproxy", "ws");
        for (var name : transports.keySet()) {
            pages.library(name, "http://127.0.0.1:" + PORTS.get(name), numbers.channel(), "openTimeoutMs: 2000");
        }
        // without the library, over transports that get through
        pages.run("plain('http://127.0.0.1:%d', '%s')".formatted(PORTS.get("haproxy"), numbers.channel()));
        transports.forEach((name, transport) -> pages.awaitOpen(name, "open " + transport));
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.sessions("ws") == 3 && gateway.sessions("sse") == 3);
        numbers.publish(50);
        pages.awaitNumbers(numbers);
        gateway.stop();
        numbers.publish(50);
        gateway.startAgain();
        numbers.publish(50);
        pages.awaitNumbers(numbers);
        gateway.kill();
        numbers.publish(50);
        gateway.startAgain();
        numbers.publish(50);
        pages.awaitNumbers(numbers);
        for (var name : transports.keySet()) {
            assertThat(pages.run("clients.%s.transport".formatted(name)))
                    .as(() -> name + ": " + pages.said())
                    .isIn(transports.get(name), name.equals("buffering") ? "poll" : "sse");
        }
    }
}
