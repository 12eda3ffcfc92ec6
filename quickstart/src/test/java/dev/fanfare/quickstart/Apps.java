package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/// What the tests run: the apps that Maven has packaged.
///
/// @param gateway its jar
/// @param webhooks the dispatcher's jar
record Apps(Path gateway, Path webhooks) {
    static Apps packaged() {
        return new Apps(
                packaged("gateway/target/fanfare-gateway.jar"),
                packaged("webhook-dispatcher/target/fanfare-webhook-dispatcher.jar"));
    }

    private static Path packaged(String jar) {
        var file = Repository.ROOT.resolve(jar);
        assertThat(file).as("packaged by mvn verify, or ./fanfare up").exists();
        return file;
    }
}
