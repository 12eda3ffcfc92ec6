package dev.fanfare.webhook.http;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Asks a receiver whether it wants calls from here, and how many (CloudEvents, HTTP 1.1 Web Hooks §4). The receiver
/// has to answer at once: a later consent by `WebHook-Request-Callback` is not offered.
///
/// Threads: any; asking blocks.
public final class Handshake {
    private static final String ALLOWED_ORIGIN = "WebHook-Allowed-Origin";
    private static final String ALLOWED_RATE = "WebHook-Allowed-Rate";

    private final Sender sender;
    private final String origin;

    /// @param origin the name of this system, as DNS has it; requests to a receiver that was asked carry it too, as
    /// `Origin` (§2.1)
    public Handshake(Sender sender, String origin) {
        this.sender = sender;
        this.origin = origin;
    }

    /// What the receiver says.
    public sealed interface Reply {}

    /// It wants calls.
    ///
    /// @param ratePerMinute how many at most; empty: as many as come
    public record Granted(OptionalInt ratePerMinute) implements Reply {}

    /// It does not, or was not understood.
    ///
    /// @param detail a sentence for people
    public record Refused(String detail) implements Reply {}

    /// Asks.
    ///
    /// @param headers sent along, such as an `Authorization` that the receiver needs
    /// @param ratePerMinute how many calls are wanted, if that is known
    /// @throws InterruptedException if the thread was interrupted
    public Reply ask(URI url, Map<String, String> headers, OptionalInt ratePerMinute, Duration timeout)
            throws InterruptedException {
        var all = new HashMap<>(headers);
        all.put("WebHook-Request-Origin", origin);
        ratePerMinute.ifPresent(rate -> all.put("WebHook-Request-Rate", Integer.toString(rate)));
        return switch (sender.call("OPTIONS", new Request(url, all, new byte[0], timeout))) {
            case Outcome.Answered(var answer, var _) -> reply(answer);
            case Outcome.Unanswered(var result) -> new Refused(result.detail());
        };
    }

    private Reply reply(Answer answer) {
        if (answer.status() < 200 || answer.status() > 299) {
            return new Refused("The receiver answered the handshake with %d.".formatted(answer.status()));
        }
        var allowed = Optional.ofNullable(answer.headers().get(ALLOWED_ORIGIN)).map(String::strip);
        if (allowed.isEmpty()) {
            return new Refused("The receiver's answer to the handshake has no %s.".formatted(ALLOWED_ORIGIN));
        }
        if (!allowed.get().equals("*") && !allowed.get().equalsIgnoreCase(origin)) {
            return new Refused("The receiver allows another origin than %s.".formatted(origin));
        }
        var rate = Optional.ofNullable(answer.headers().get(ALLOWED_RATE))
                .map(String::strip)
                .orElse("*");
        if (rate.equals("*")) {
            return new Granted(OptionalInt.empty());
        }
        return rate.matches("0*[1-9]\\d{0,8}")
                ? new Granted(OptionalInt.of(Integer.parseInt(rate)))
                : new Refused("The receiver's %s is neither a number of calls a minute nor *.".formatted(ALLOWED_RATE));
    }
}
