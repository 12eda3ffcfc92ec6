package dev.fanfare.load.ctl;

import dev.fanfare.load.wire.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Where to ask, and with what token: options go before variables of the environment.
final class Server {
    private Server() {}

    /// @param kind `gateway` or `webhooks`, for problems
    /// @param variable what the names of the variables begin with
    /// @param standard where it is if nobody says
    static Api api(
            String kind,
            String variable,
            String standard,
            Optional<String> url,
            Optional<Path> tokenFile,
            Optional<Path> trustFile,
            Map<String, String> environment) {
        var token = tokenFile
                .map(file -> read(file).strip())
                .or(() -> Optional.ofNullable(environment.get(variable + "_TOKEN"))
                        .map(String::strip))
                .filter(text -> !text.isEmpty());
        token.filter(text -> text.chars().anyMatch(c -> c <= ' ' || c > '~')).ifPresent(_ -> {
            throw new Refused("the token for %s is none: it is one line of ASCII without spaces".formatted(kind));
        });
        return new Api(
                url.or(() -> Optional.ofNullable(environment.get(variable + "_URL")))
                        .orElse(standard),
                token,
                trustFile.map(Server::trusting));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new Refused("the file %s cannot be read".formatted(file));
        }
    }

    private static SSLContext trusting(Path file) {
        try {
            return Trust.of(file);
        } catch (IOException | GeneralSecurityException unusable) {
            throw new Refused("the file %s cannot be used, %s: certificates in PEM are wanted"
                    .formatted(file, unusable.getMessage()));
        }
    }
}
