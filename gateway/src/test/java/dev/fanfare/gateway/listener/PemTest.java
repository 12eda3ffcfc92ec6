package dev.fanfare.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.testing.Authority;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
    @ParameterizedTest
    @CsvSource({"RSA,2048", "EC,256", "EC,384", "EC,521", "Ed25519,255"})
    void readsPkcs8(String algorithm, int size) throws GeneralSecurityException {
        var key = key(algorithm, size);
        assertThat(Pem.privateKey(Authority.pem("PRIVATE KEY", key)))
                .satisfies(read -> assertThat(read.getEncoded()).isEqualTo(key));
    }

    @Test
    void readsPkcs1() throws GeneralSecurityException {
        var key = key("RSA", 2048);
        var inner = Arrays.copyOfRange(key, 26, key.length); // behind version, algorithm and the octets' header
        assertThat(Pem.privateKey(Authority.pem("RSA PRIVATE KEY", inner)).getEncoded())
                .isEqualTo(key);
    }

    /// As `openssl ecparam -name prime256v1 -genkey` writes it.
    @Test
    void readsSec1() {
        var text = """
                -----BEGIN EC PARAMETERS-----
                BggqhkjOPQMBBw==
                -----END EC PARAMETERS-----
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIP7opH43ZRwtKzb4l1V6kJldbKN9gN52pqaOGMe6OlatoAoGCCqGSM49
                AwEHoUQDQgAE+9ULblolRCopdRkmy0uKPvzKiVU6eNFkM0ZA6R9SbmrH9iIppy0S
                3gIsOBvjTZD9kQYsRiYtHq67HJEM2vcqJg==
                -----END EC PRIVATE KEY-----
                """;
        assertThat(Pem.privateKey(text).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void saysWhatElseThereIs() {
        assertThatThrownBy(() -> Pem.privateKey(Authority.pem("ENCRYPTED PRIVATE KEY", new byte[10])))
                .hasMessageContaining("has a 'ENCRYPTED PRIVATE KEY'")
                .hasMessageContaining("openssl pkey");
        assertThatThrownBy(() -> Pem.privateKey(Authority.pem("EC PRIVATE KEY", new byte[10])))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> Pem.privateKey("")).hasMessageContaining("BEGIN PRIVATE KEY");
    }

    private static byte[] key(String algorithm, int size) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        return generator.generateKeyPair().getPrivate().getEncoded();
    }
}
