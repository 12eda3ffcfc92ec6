package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `EventSource`, `WebSocket` and the library in a real Chromium: each number once and in its order, whatever happens
/// to gateway, network and tabs.
@Timeout(240)
class BrowserTest {
    @TempDir
    static Path dir;

    private static Pages pages;
    private static TestGateway gateway;
    private static String topic;

    private CutProxy network;
    private Numbers numbers;
    private final List<String> tabs = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        pages = Pages.start(Files.createDirectory(dir.resolve("browser")));
        topic = LocalBroker.get().newTopic("browser", 3);
        gateway = TestGateway.start(dir, topic, "server.origins: " + pages.origin());
    }

    @AfterAll
    static void stop() throws IOException {
        if (gateway != null) {
            gateway.close();
        }
        if (pages != null) {
            pages.close();
        }
    }

    @BeforeEach
    void open(TestInfo test) throws IOException {
        network = CutProxy.to(gateway.port());
        numbers = new Numbers(topic, test.getTestMethod().orElseThrow().getName());
        pages.open();
        tabs.add(pages.browser().tab());
    }

    @AfterEach
    void closeTabs() throws IOException {
        network.close();
        for (var tab : tabs.subList(1, tabs.size())) {
            pages.browser().goTo(tab);
            pages.browser().closeTab();
        }
        pages.browser().goTo(tabs.getFirst());
    }

    private void openPlainAndLibrary() throws IOException {
        pages.run("plain('%s', '%s')".formatted(network.url(), numbers.channel()));
        for (var transport : List.of("ws", "sse", "poll")) {
            pages.library(transport, network.url(), numbers.channel(), "transports: ['%s']".formatted(transport));
            pages.awaitOpen(transport, "open " + transport);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.sessions("ws") == 2 && gateway.sessions("sse") == 2);
    }

    @Test
    void missesNothingWhenTheGatewayRestarts() throws Exception {
        openPlainAndLibrary();
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        gateway.stop();
        numbers.publish(20);
        gateway.startAgain();
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        gateway.kill();
        numbers.publish(20);
        gateway.startAgain();
        numbers.publish(20);
        pages.awaitNumbers(numbers);
    }

    @Test
    void missesNothingWhenConnectionsAreCut() throws Exception {
        openPlainAndLibrary();
        for (int round = 0; round < 3; round++) {
            numbers.publish(20);
            network.cut();
            numbers.publish(20);
            pages.awaitNumbers(numbers);
        }
    }

    @Test
    void noticesBySilenceThatTheNetworkIsGone() throws Exception {
        for (var transport : List.of("ws", "sse")) {
            pages.library(transport, network.url(), numbers.channel(), "transports: ['%s']".formatted(transport));
            pages.awaitOpen(transport, "open " + transport);
        }
        network.swallow();
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        assertThat(pages.said()).contains("silence for");
    }

    @Test
    void goesOnOverAnotherTransportWhereOneIsBlocked() throws Exception {
        pages.library("all", network.url(), numbers.channel(), "");
        pages.awaitOpen("all", "open ws");
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        network.blockWebSockets(true);
        network.cut();
        numbers.publish(20);
        pages.awaitOpen("all", "open sse");
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        assertThat(pages.run("clients.all.transport")).isEqualTo("sse");
    }

    @Test
    void twoTabsShareAConnectionAndEitherGoesOnWithoutTheOther() throws Exception {
        share("", "ws");
        var first = tabs.getFirst();
        var second = openTab();
        share("", "tab");
        numbers.publish(20);
        awaitEverywhere();
        assertThat(gateway.sessions("ws")).isEqualTo(1);

        network.cut();
        numbers.publish(20);
        awaitEverywhere();

        // the one that has the connection is closed between two events
        pages.browser().goTo(first);
        pages.run("clients.shared.close()");
        numbers.publish(20);
        pages.browser().goTo(second);
        pages.awaitNumbers(numbers);
        pages.awaitOpen("shared", "open ws");
        numbers.publish(20);
        pages.awaitNumbers(numbers);
        assertThat(gateway.sessions("ws")).isEqualTo(1);
    }

    @Test
    void sevenTabsGetByWithOneConnectionOverHttp1() throws Exception {
        // a browser opens six connections at most to one host, for all tabs together
        share("transports: ['sse'],", "sse");
        for (int i = 1; i < 7; i++) {
            openTab();
            share("transports: ['sse'],", "tab");
        }
        numbers.publish(20);
        awaitEverywhere();
        assertThat(gateway.sessions("sse")).isEqualTo(1);

        // whichever has the connection is closed while numbers come
        var publishing = Thread.ofVirtual().start(() -> numbers.publish(300));
        for (int i = 0; i < 4; i++) {
            pages.browser().goTo(tabs.removeFirst());
            pages.browser().closeTab();
            pages.browser().goTo(tabs.getFirst());
            pages.awaitOpen("shared", "open sse");
        }
        publishing.join();
        awaitEverywhere();
        gateway.kill();
        numbers.publish(20);
        gateway.startAgain();
        numbers.publish(20);
        awaitEverywhere();
        assertThat(gateway.sessions("sse")).isEqualTo(1);
    }

    @Test
    void anotherTabLeadsWhenTheOneThatDidIsFrozen() throws Exception {
        share("", "ws");
        var leader = tabs.getFirst();
        for (int i = 0; i < 2; i++) {
            openTab();
            share("", "tab");
        }
        numbers.publish(20);
        awaitEverywhere();
        pages.browser().goTo(leader);
        lifecycle("frozen");
        numbers.publish(20);
        for (var tab : tabs.subList(1, 3)) {
            pages.browser().goTo(tab);
            pages.awaitNumbers(numbers);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> gateway.sessions("ws") == 1); // the gateway misses the other
        pages.browser().goTo(leader);
        lifecycle("active");
        numbers.publish(20);
        awaitEverywhere();
        await().atMost(Duration.ofSeconds(30)).until(() -> gateway.sessions("ws") == 1);
    }

    @Test
    void aPageThatIsPutAsideLeavesTheLeadAndMissesNothingWhenItIsShownAgain() throws Exception {
        share("", "ws");
        var first = tabs.getFirst();
        var second = openTab();
        share("", "tab");
        numbers.publish(20);
        awaitEverywhere();

        pages.browser().goTo(first);
        pages.browser().open(pages.origin() + "/websocket.js"); // any other page
        numbers.publish(20);
        pages.browser().goTo(second);
        pages.awaitNumbers(numbers);
        pages.awaitOpen("shared", "open ws");

        pages.browser().goTo(first);
        pages.run("history.back()");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> pages.run("window.cameBack").equals("true"));
        pages.awaitNumbers(numbers);
        numbers.publish(20);
        awaitEverywhere();
        assertThat(gateway.sessions("ws")).isEqualTo(1);
        assertThat(pages.run("clients.shared.transport")).isEqualTo("ws");
    }

    private void lifecycle(String state) throws IOException {
        pages.browser().tool("Page.setWebLifecycleState", "{\"state\":\"%s\"}".formatted(state));
    }

    @Test
    void aTabThatBeginsEarlierJoinsTheOthersWhenItHasCaughtUp() throws Exception {
        numbers.publish(20);
        pages.library("shared", network.url(), numbers.channel(), "since: '1h'");
        pages.awaitNumbers(numbers);
        openTab();
        pages.library("shared", network.url(), numbers.channel(), "last: 1000");
        pages.awaitNumbers(numbers);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            numbers.publish(1);
            assertThat(pages.run("clients.shared.transport")).isEqualTo("tab");
        });
        numbers.publish(20);
        awaitEverywhere();
        assertThat(gateway.sessions("ws")).isEqualTo(1);
    }

    private void share(String options, String how) throws IOException {
        pages.library("shared", network.url(), numbers.channel(), options);
        pages.awaitOpen("shared", "open " + how);
    }

    private String openTab() throws IOException {
        var tab = pages.openInNewTab();
        tabs.add(tab);
        return tab;
    }

    private void awaitEverywhere() throws IOException {
        for (var tab : tabs) {
            pages.browser().goTo(tab);
            pages.awaitNumbers(numbers);
        }
    }
}
