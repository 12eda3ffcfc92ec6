package dev.fanfare.webhook.http;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// Hosts that are addresses, not names.
final class Literals {
    private static final Pattern DOTTED =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(?:.*\\.)?(?:\\d+|0[xX][0-9a-fA-F]*)\\.?");

    private Literals() {}

    /// The address that is written: IPv4 as four decimal numbers without leading zeros, IPv6 without a zone. An
    /// IPv4-mapped IPv6 address is the IPv4 address.
    static Optional<InetAddress> parse(String host) {
        var six = host.indexOf(':') >= 0 && host.indexOf('%') < 0;
        if (!six && !DOTTED.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /// Whether some software would read the host as an IPv4 address: octal, hexadecimal, with fewer parts, with a dot
    /// at its end (WHATWG URL, "ends in a number").
    static boolean looksNumeric(String host) {
        return ENDS_IN_A_NUMBER.matcher(host).matches();
    }
}
