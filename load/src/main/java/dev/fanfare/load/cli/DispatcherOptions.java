package dev.fanfare.load.cli;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.hook.Dispatcher;
import dev.fanfare.load.hook.Receiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where the dispatcher is, and where it finds the receiver.
final class DispatcherOptions {
    @Option(
            names = "--api",
            defaultValue = "http://localhost:8090",
            description = "the dispatcher's API, http://HOST:PORT (${DEFAULT-VALUE})")
    private String api = "";

    @Option(names = "--token", description = "of the API")
    private @Nullable String token;

    @Option(names = "--token-file", description = "a file with the token, such as .fanfare/webhooks.token")
    private @Nullable Path tokenFile;

    @Option(
            names = "--receiver",
            defaultValue = "127.0.0.1:0",
            description = "HOST:PORT that this listens on; port 0: any that is free (${DEFAULT-VALUE})")
    private String receiver = "";

    @Option(names = "--receiver-url", description = "how the dispatcher reaches that (http://HOST:PORT)")
    private @Nullable String receiverUrl;

    @Mixin
    private final LoopOptions loops = new LoopOptions();

    String api() {
        return api;
    }

    Dispatcher dispatcher(Duration timeout, Consumer<String> progress) {
        return new Dispatcher(Urls.plain("--api", api), token(), timeout, progress);
    }

    Receiver receiver(Fields fields) {
        var address = address();
        try {
            return new Receiver(address, loops.count(), fields);
        } catch (UncheckedIOException taken) {
            throw new Misuse("--receiver %s cannot be listened on: %s".formatted(receiver, taken.getMessage()));
        }
    }

    /// @param port that the receiver has
    String url(int port) {
        if (receiverUrl == null) {
            return "http://%s:%d".formatted(receiver.substring(0, receiver.lastIndexOf(':')), port);
        }
        var url = Urls.plain("--receiver-url", receiverUrl).toString();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private InetSocketAddress address() {
        try {
            var uri = URI.create("http://" + receiver);
            if (uri.getHost() != null && uri.getPort() >= 0) {
                var address = new InetSocketAddress(uri.getHost(), uri.getPort());
                if (!address.isUnresolved()) {
                    return address;
                }
            }
        } catch (IllegalArgumentException wrong) {
            // said below
        }
        throw new Misuse("--receiver '%s' is no address of this machine: use 127.0.0.1:0".formatted(receiver));
    }

    private Optional<String> token() {
        if (tokenFile == null) {
            return Optional.ofNullable(token);
        }
        try {
            return Optional.of(Files.readString(tokenFile).strip());
        } catch (IOException failure) {
            throw new Misuse("--token-file %s cannot be read".formatted(tokenFile));
        }
    }
}
