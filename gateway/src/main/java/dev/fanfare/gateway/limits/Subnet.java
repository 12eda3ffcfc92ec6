package dev.fanfare.gateway.limits;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// A range of addresses (RFC 4632, RFC 4291 §2.3): `10.0.0.0/8`, `fd00::/8`, or one address.
///
/// @param prefix how many leading bits count
public record Subnet(InetAddress network, int prefix) {
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,3}");

    /// Empty if the text is none, or has bits beyond its prefix.
    public static Optional<Subnet> parse(String text) {
        int slash = text.indexOf('/');
        var literal = slash < 0 ? text : text.substring(0, slash);
        var length = slash < 0 ? "" : text.substring(slash + 1);
        return address(literal).flatMap(address -> {
            int bits = address.getAddress().length * Byte.SIZE;
            if (slash >= 0 && !LENGTH.matcher(length).matches()) {
                return Optional.empty();
            }
            int prefix = slash < 0 ? bits : Integer.parseInt(length);
            return prefix <= bits && isZeroFrom(address, prefix)
                    ? Optional.of(new Subnet(address, prefix))
                    : Optional.empty();
        });
    }

    /// An address that is written out; nothing is looked up.
    static Optional<InetAddress> address(String literal) {
        if (!LITERAL.matcher(literal).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static boolean isZeroFrom(InetAddress address, int prefix) {
        var bytes = address.getAddress();
        for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
            if (bit(bytes, bit)) {
                return false;
            }
        }
        return true;
    }

    public boolean contains(InetAddress address) {
        var ours = network.getAddress();
        var theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            if (bit(ours, bit) != bit(theirs, bit)) {
                return false;
            }
        }
        return true;
    }

    private static boolean bit(byte[] bytes, int index) {
        return (bytes[index / Byte.SIZE] >> (Byte.SIZE - 1 - index % Byte.SIZE) & 1) == 1;
    }
}
