package dev.fanfare.gateway.listener;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Private keys in PEM (RFC 7468): PKCS#8 (RFC 5958), and the older forms that OpenSSL and cert-manager still write,
/// PKCS#1 (RFC 8017) of RSA and SEC 1 (RFC 5915) of elliptic curves, which are made PKCS#8.
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final Set<String> KINDS = Set.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xA0;
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final byte[] RSA = { // SEQUENCE of 1.2.840.113549.1.1.1 and NULL
        0x30, 13, 6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 13, 1, 1, 1, 5, 0
    };
    private static final byte[] EC = {6, 7, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 2, 1}; // 1.2.840.10045.2.1

    private Pem() {}

    /// The first key of a file.
    ///
    /// @throws IllegalArgumentException says what the text is instead; shows nothing of it
    static PrivateKey privateKey(String text) {
        var block = KEY.matcher(text);
        if (!block.find()) {
            throw new IllegalArgumentException(
                    "has no '-----BEGIN PRIVATE KEY-----', or one with a passphrase: write it with 'openssl pkey -in'");
        }
        var kind = block.group(1);
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException(
                    "has a '%s': write it as a 'PRIVATE KEY' with 'openssl pkey -in'".formatted(kind));
        }
        try {
            var der = Base64.getMimeDecoder().decode(block.group(2));
            return switch (kind) {
                case "RSA PRIVATE KEY" -> read(der(SEQUENCE, VERSION_0, RSA, der(OCTETS, der)));
                case "EC PRIVATE KEY" ->
                    read(der(SEQUENCE, VERSION_0, der(SEQUENCE, EC, curve(der)), der(OCTETS, der)));
                default -> read(der);
            };
        } catch (GeneralSecurityException | RuntimeException bad) { // with bits of the key in its message, maybe
            throw new IllegalArgumentException(
                    "has a key that cannot be read: it must be of RSA, a NIST elliptic curve or Ed25519");
        }
    }

    private static PrivateKey read(byte[] pkcs8) throws GeneralSecurityException {
        for (var algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException another) {
                // the next
            }
        }
        throw new InvalidKeySpecException("of no known algorithm");
    }

    /// The name of its curve, which an ECPrivateKey has behind the version and the number.
    private static byte[] curve(byte[] ecPrivateKey) throws InvalidKeySpecException {
        var outer = ByteBuffer.wrap(ecPrivateKey);
        outer.get();
        length(outer);
        while (outer.hasRemaining()) {
            int tag = Byte.toUnsignedInt(outer.get());
            int length = length(outer);
            if (tag == PARAMETERS) {
                return Arrays.copyOfRange(ecPrivateKey, outer.position(), outer.position() + length);
            }
            outer.position(outer.position() + length);
        }
        throw new InvalidKeySpecException("no curve");
    }

    private static int length(ByteBuffer der) {
        int first = Byte.toUnsignedInt(der.get());
        return switch (first) {
            case 0x81 -> Byte.toUnsignedInt(der.get());
            case 0x82 -> Short.toUnsignedInt(der.getShort());
            default -> first;
        };
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var all = ByteBuffer.allocate(4 + length).put((byte) tag);
        if (length > 0xFF) {
            all.put((byte) 0x82).putShort((short) length);
        } else if (length > 0x7F) {
            all.put((byte) 0x81).put((byte) length);
        } else {
            all.put((byte) length);
        }
        Arrays.stream(parts).forEach(all::put);
        return Arrays.copyOf(all.array(), all.position());
    }
}
