package dev.fanfare.quickstart;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/// Waits for an app's readiness.
///
/// @param name what it is called
/// @param port of its health checks
record Ready(String name, int port) {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration REMIND = Duration.ofSeconds(30);

    /// Returns when `/health/ready` answers 200; says every half minute that it does not yet.
    void await(Consumer<String> say) throws InterruptedException {
        long reminded = System.nanoTime();
        while (!isReady()) {
            Thread.sleep(PAUSE);
            if (System.nanoTime() - reminded > REMIND.toNanos()) {
                reminded = System.nanoTime();
                say.accept("the %s is not ready yet; its output lies in the folder logs of the state".formatted(name));
            }
        }
    }

    boolean isReady() {
        try {
            var url = URI.create("http://127.0.0.1:%d/health/ready".formatted(port))
                    .toURL();
            var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(2000);
            try {
                return connection.getResponseCode() == 200;
            } finally {
                connection.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }
}
