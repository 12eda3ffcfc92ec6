package dev.fanfare.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;

/// What the dispatcher works with, in the folder of the state. All of it is kept, but the configuration, which is
/// written anew with each `up`.
///
/// @param token of the management API
/// @param config the dispatcher's configuration
/// @param secret where the receiver finds the secret of its endpoint
/// @param endpoint where is kept which endpoint the receiver is
/// @param pending where a registration that has begun is kept
record WebhookFiles(String token, Path config, Path secret, Path endpoint, Path pending) {

    static WebhookFiles write(Path state, Options options, Options.Webhooks webhooks) throws IOException {
        var token = PrivateFile.kept(
                state.resolve("webhooks.token"),
                () -> PrivateFile.random(Base64.getUrlEncoder().withoutPadding()));
        PrivateFile.kept(state.resolve("webhooks.keys"), () -> "k1 " + PrivateFile.random(Base64.getEncoder()));
        // a cluster may have another dispatcher, or another `up`, which wants all of the events itself
        var group = PrivateFile.kept(state.resolve("webhooks.group"), () -> "fanfare-up-" + UUID.randomUUID());
        var config = state.resolve("webhooks.yaml");
        PrivateFile.write(config, config(state, options, webhooks, token, group));
        return new WebhookFiles(
                token,
                config,
                state.resolve("receiver.secret"),
                state.resolve("receiver.endpoint"),
                state.resolve("receiver.pending"));
    }

    static String config(Path state, Options options, Options.Webhooks webhooks, String token, String group) {
        return """
                # Written by `fanfare up` at each start: changes are lost. See `fanfare webhooks`.
                server:
                  port: %d
                api:
                  token: "%s"
                kafka:
                  bootstrap.servers: "%s"
                routes:
                %sintake:
                  group: "%s"
                store:
                  url: %s
                secrets:
                  keys-file: %s
                # for trying out: this machine may be called, over http, at any port
                egress:
                  allow: "127.0.0.0/8,::1/128"
                  ports: any
                  https-only: false
                topics:
                  dead-letter: %s
                  operational: %s
                shutdown:
                  deadline: 5s
                """.formatted(
                        webhooks.port(),
                        token,
                        options.bootstrapServers(),
                        DemoTopics.routes(),
                        group,
                        quoted("jdbc:h2:file:" + state.resolve("webhooks")),
                        quoted(state.resolve("webhooks.keys").toString()),
                        DemoTopics.DEAD_LETTERS,
                        DemoTopics.WEBHOOK_NEWS);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
