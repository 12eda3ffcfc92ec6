package dev.fanfare.load.cli;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whom everything trusts that connects with TLS.
final class TlsOptions {
    @Option(
            names = "--tls-trust",
            paramLabel = "FILE.pem",
            description = "certificates of those who issue the servers', instead of the JDK's own")
    private @Nullable Path trust;

    @Option(names = "--tls-insecure", description = "check no server's certificate")
    private boolean insecure;

    private @Nullable SSLContext context;

    /// The same for all, as sessions are resumed by it.
    SSLContext context() {
        if (context == null) {
            context = make();
        }
        return context;
    }

    /// Before anything is started, whether it is used or not.
    void check() {
        if (insecure || trust != null) {
            var _ = context();
        }
    }

    /// What the report says of it: nothing if certificates are checked.
    Map<String, Object> settings() {
        return insecure ? Map.of("tls", "no certificate was checked") : Map.of();
    }

    private SSLContext make() {
        if (insecure && trust != null) {
            throw new Misuse("--tls-insecure checks no certificate, so --tls-trust %s has no use: leave one out"
                    .formatted(trust));
        }
        try {
            if (insecure) {
                return trusting(new Anybody());
            }
            return trust == null ? SSLContext.getDefault() : trusting(of(trust));
        } catch (IOException | GeneralSecurityException failure) {
            throw new Misuse("--tls-trust %s cannot be used: %s; use a file of certificates in PEM"
                    .formatted(trust, failure.getMessage()));
        }
    }

    private static SSLContext trusting(TrustManager... managers) throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    private static TrustManager[] of(Path file) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(file)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("" + store.size(), certificate);
            }
        }
        if (store.size() == 0) {
            throw new CertificateException("it has no certificate");
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        return managers.getTrustManagers();
    }

    /// Trusts everybody, whatever the name is.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
