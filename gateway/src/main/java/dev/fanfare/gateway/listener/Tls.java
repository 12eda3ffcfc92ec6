package dev.fanfare.gateway.listener;

import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.config.TlsSettings.ClientAuth;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// TLS of a listener, by the files of `server.tls`. They are looked at again and again, and connections that come after
/// a change get what is new; those that are open keep what they have. What cannot be used is logged and changes
/// nothing.
///
/// Threads: one of its own, which looks at the files; everything else may be called by any thread.
public final class Tls implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Tls.class.getName());
    private static final String[] APPLICATIONS = {"h2", "http/1.1"};
    private static final int SESSIONS_MAX = 1000; // of TLS 1.2 clients without tickets

    private final TlsSettings settings;
    private final TlsMetrics metrics;
    private final Thread thread = Thread.ofPlatform().name("tls-files").daemon().unstarted(this::watch);
    private byte[] seen; // what the files held when they were last used, or refused; these two: that thread only
    private String complaint = "";
    private volatile SSLContext context;

    /// Reads the files.
    ///
    /// @param metrics of the connections
    /// @return nothing where there is to be no TLS
    /// @throws IllegalArgumentException names the key that is missing, does not fit, or has a bad file
    public static Optional<Tls> open(TlsSettings settings, TlsMetrics metrics) {
        check(settings);
        return settings.isOn() ? Optional.of(new Tls(settings, metrics)) : Optional.empty();
    }

    private static void check(TlsSettings settings) {
        boolean key = settings.privateKeyFile().isPresent();
        boolean store = settings.keystoreFile().isPresent();
        boolean password = settings.keystorePassword().isPresent();
        boolean passwordFile = settings.keystorePasswordFile().isPresent();
        boolean trust = settings.trustFile().isPresent();
        boolean clients = settings.clientAuth() != ClientAuth.NONE;
        refuseIf(
                settings.certificateFile().isPresent() && !key,
                "certificate-file needs server.tls.private-key-file, the file with its key");
        refuseIf(
                key && settings.certificateFile().isEmpty(),
                "private-key-file needs server.tls.certificate-file, the file with its certificate");
        refuseIf(key && store, "keystore-file is set, and so is server.tls.certificate-file: leave one of them out");
        refuseIf(
                store && password == passwordFile,
                "keystore-file needs either server.tls.keystore-password-file or server.tls.keystore-password");
        refuseIf(!store && password, "keystore-password needs server.tls.keystore-file");
        refuseIf(!store && passwordFile, "keystore-password-file needs server.tls.keystore-file");
        refuseIf(
                clients && !trust,
                "client-auth needs server.tls.trust-file, the certificates of those who issue the clients'");
        refuseIf(trust && !clients, "trust-file needs server.tls.client-auth to be want or need");
        refuseIf(clients && !settings.isOn(), "client-auth needs server.tls.certificate-file");
        refuseIf(
                !settings.hsts().isZero() && !settings.isOn(),
                "hsts needs server.tls.certificate-file: where a proxy does TLS, let the proxy tell it");
    }

    private static void refuseIf(boolean wrong, String why) {
        if (wrong) {
            throw new IllegalArgumentException("server.tls." + why);
        }
    }

    private Tls(TlsSettings settings, TlsMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        var credentials = Credentials.read(settings);
        this.seen = credentials.fingerprint();
        this.context = ready(credentials);
        thread.start();
    }

    private static SSLContext ready(Credentials credentials) {
        var ready = credentials.ready();
        if (ready.expiry().isBefore(Instant.now())) {
            LOG.log(System.Logger.Level.WARNING, "the certificate of server.tls has expired on {0}", ready.expiry());
        }
        ready.context().getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
        return ready.context();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(settings.reload());
                look();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            var credentials = Credentials.read(settings);
            var found = credentials.fingerprint();
            if (Arrays.equals(found, seen)) {
                return;
            }
            seen = found;
            context = ready(credentials);
            complaint = "";
            LOG.log(System.Logger.Level.INFO, "new connections get the new certificate of server.tls");
        } catch (IllegalArgumentException bad) {
            complain(String.valueOf(bad.getMessage()));
        } catch (RuntimeException fault) { // without this thread no change would be seen any more
            LOG.log(System.Logger.Level.ERROR, "the certificate stays the old one", fault);
        }
    }

    /// Once, however often the file is looked at.
    private void complain(String problem) {
        if (!problem.equals(complaint)) {
            complaint = problem;
            LOG.log(System.Logger.Level.WARNING, "the certificate stays the old one: " + problem);
        }
    }

    /// For one connection.
    TlsRecords records(LineSocket line) throws SSLException {
        return new TlsRecords(engine(), line, metrics);
    }

    private SSLEngine engine() {
        var engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.protocols().toArray(String[]::new));
        parameters.setCipherSuites(
                Arrays.stream(parameters.getCipherSuites()).filter(Tls::isGood).toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(APPLICATIONS);
        switch (settings.clientAuth()) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// Authenticated encryption and forward secrecy, as RFC 9113 §9.2.2 asks of HTTP/2 and RFC 9325 §4.2 of all.
    private static boolean isGood(String suite) {
        return suite.startsWith("TLS_AES_")
                || suite.startsWith("TLS_CHACHA20_")
                || (suite.startsWith("TLS_ECDHE_") && (suite.contains("_GCM_") || suite.contains("_CHACHA20_")));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
