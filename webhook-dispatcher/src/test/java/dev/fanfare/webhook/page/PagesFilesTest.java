package dev.fanfare.webhook.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.config.WebhookSettings.Portal;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is served of the pages, and with which headers.
class PagesFilesTest {
    private static final Portal CHOSEN = new Portal(
            Optional.empty(),
            Portal.DEFAULT.linkLife(),
            Portal.DEFAULT.sessionLife(),
            List.of("https://app.example.com", "https://*.example.org"),
            "Hooks <of> \"Acme\" & Co",
            Optional.of("<A"),
            "#a3195b");

    private interface Visit {
        void to(int port) throws Exception;
    }

    private static void serve(Portal portal, Visit visit) throws Exception {
        var routing = HttpRouting.builder();
        new Pages(portal).register(routing);
        var server = WebServer.builder()
                .featuresDiscoverServices(false)
                .address(InetAddress.getLoopbackAddress())
                .port(0)
                .shutdownHook(false)
                .routing(routing)
                .build()
                .start();
        try {
            visit.to(server.port());
        } finally {
            server.stop();
        }
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private static String policy(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Security-Policy").orElse("");
    }

    @Test
    void servesEachFileThatTheBuildHasPutThere() throws Exception {
        serve(Portal.DEFAULT, port -> {
            for (var page : List.of("/portal/", "/console/")) {
                var html = get(port, page);
                assertThat(html.statusCode()).isEqualTo(200);
                var files = Pattern.compile("(?:src|href)=\"([\\w.]+)\"")
                        .matcher(html.body())
                        .results()
                        .map(found -> found.group(1))
                        .toList();
                assertThat(files).contains("page.css", "theme.css", "webhooks.js", "icon.svg");
                for (var file : files) {
                    assertThat(get(port, page + file).statusCode()).as(file).isEqualTo(200);
                }
            }
            try (var scripts = Files.list(Path.of("src/main/resources/page"))) {
                for (var script : scripts.toList()) {
                    var path = "/portal/" + script.getFileName().toString().replace("index.html", "");
                    assertThat(get(port, path).statusCode()).as(path).isEqualTo(200);
                }
            }
            assertThat(get(port, "/portal").headers().firstValue("Location")).contains("portal/");
            assertThat(get(port, "/portal/nothing.js").statusCode()).isEqualTo(404);
        });
    }

    @Test
    void lendsThePagesToNoFrameUnlessItIsSaid() throws Exception {
        serve(Portal.DEFAULT, port -> {
            for (var path : List.of("/portal/", "/console/", "/portal/webhooks.js", "/portal/theme.css")) {
                assertThat(policy(get(port, path)))
                        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; ")
                        .endsWith("frame-ancestors 'none'")
                        .doesNotContain("unsafe");
            }
        });
        serve(CHOSEN, port -> {
            assertThat(policy(get(port, "/portal/")))
                    .endsWith("frame-ancestors https://app.example.com https://*.example.org");
            assertThat(policy(get(port, "/console/"))).endsWith("frame-ancestors 'none'");
        });
    }

    @Test
    void looksAsItIsSaid() throws Exception {
        serve(CHOSEN, port -> {
            assertThat(get(port, "/portal/").body())
                    .contains("<title>Hooks &lt;of&gt; &quot;Acme&quot; &amp; Co</title>")
                    .contains("<h1>Hooks &lt;of&gt; &quot;Acme&quot; &amp; Co</h1>")
                    .contains("<span id=\"logo\" aria-hidden=\"true\">&lt;A</span>");
            assertThat(get(port, "/portal/theme.css").body()).contains("--accent: #a3195b;");
            assertThat(get(port, "/console/").body()).doesNotContain("Acme");
            assertThat(get(port, "/console/theme.css").body()).isEmpty();
        });
    }
}
