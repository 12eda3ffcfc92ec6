package dev.fanfare.webhook.http;

import java.net.InetAddress;

/// A range of IP addresses: those whose first bits are these.
///
/// @param network an address of the range; its other bits do not count
/// @param bits how many bits count, 0 to 32 or 128
public record Cidr(InetAddress network, int bits) {
    public Cidr {
        if (bits < 0 || bits > network.getAddress().length * 8) {
            throw new IllegalArgumentException("%d is no prefix length for %s: it is 0 to %d"
                    .formatted(bits, network.getHostAddress(), network.getAddress().length * 8));
        }
    }

    /// Reads `10.1.0.0/16`, `fd00::/8` or a single address. Names are not looked up.
    ///
    /// @throws IllegalArgumentException if it is not of that form, with a sentence that says what is
    public static Cidr of(String text) {
        var slash = text.indexOf('/');
        var address = slash < 0 ? text : text.substring(0, slash);
        var network = Literals.parse(address)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is no range of addresses: write it as 10.1.0.0/16 or fd00::/8".formatted(text)));
        if (slash < 0) {
            return new Cidr(network, network.getAddress().length * 8);
        }
        var bits = text.substring(slash + 1);
        if (!bits.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("'%s' has no prefix length after the slash".formatted(text));
        }
        return new Cidr(network, Integer.parseInt(bits));
    }

    /// Whether the address is in the range. A range of one IP version has no address of the other.
    public boolean contains(InetAddress address) {
        var mine = network.getAddress();
        var other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        for (var bit = 0; bit < bits; bit += 8) {
            var mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit));
            if (((mine[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + bits;
    }
}
