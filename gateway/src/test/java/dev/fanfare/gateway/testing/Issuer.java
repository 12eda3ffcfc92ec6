package dev.fanfare.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.access.IssuerSettings.KeySource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Who issues tokens: keys behind a real HTTP server, that can be rotated and go away.
public final class Issuer implements AutoCloseable {
    public static final String AUDIENCE = "fanfare";

    private final String name;
    private final HttpServer server;
    private volatile ECKey key = newKey();
    private volatile List<JWK> former = List.of(); // keys that are still good
    private volatile boolean away;
    private final AtomicInteger asked = new AtomicInteger();

    private Issuer(String name, HttpServer server) {
        this.name = name;
        this.server = server;
    }

    public static Issuer start(String name) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            var issuer = new Issuer(name, server);
            server.createContext("/keys", exchange -> {
                issuer.asked.incrementAndGet();
                var keys = new ArrayList<JWK>(List.of(issuer.key.toPublicJWK()));
                keys.addAll(issuer.former);
                var body = new JWKSet(keys).toString().getBytes(UTF_8);
                exchange.sendResponseHeaders(issuer.away ? 503 : 200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            return issuer;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public IssuerSettings settings() {
        return new IssuerSettings(name, List.of(AUDIENCE), new KeySource.JwksUrl(keys()));
    }

    /// The same as a configuration file has it.
    public String configuration() {
        return "{issuer: '%s', audience: %s, jwks-url: '%s'}".formatted(name, AUDIENCE, keys());
    }

    private URI keys() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    /// From now on tokens are signed with another key, and the old one is gone.
    public void rotate() {
        key = newKey();
    }

    /// From now on tokens are signed with another key, and the old one is still good.
    public void addKey() {
        former = List.of(key.toPublicJWK());
        key = newKey();
    }

    /// How often the keys were asked for.
    public int asked() {
        return asked.get();
    }

    /// Whether the keys can be had.
    public void away(boolean now) {
        away = now;
    }

    public ECKey key() {
        return key;
    }

    /// A token for `u1` that lasts five minutes.
    ///
    /// @param changes names and values of other claims; null takes one away
    public String token(Object... changes) {
        return sign(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims(changes));
    }

    /// A token that allows to subscribe and publish to patterns.
    public String allowing(String subject, List<String> subscribe, List<String> publish, Object... changes) {
        var all = new ArrayList<Object>(
                List.of("sub", subject, "fanfare", Map.of("subscribe", subscribe, "publish", publish)));
        all.addAll(List.of(changes));
        return token(all.toArray());
    }

    /// In seconds since 1970, as claims have it.
    public long now() {
        return Instant.now().getEpochSecond();
    }

    public Map<String, Object> claims(Object... changes) {
        long now = now();
        var claims = new HashMap<String, Object>(
                Map.of("iss", name, "aud", AUDIENCE, "sub", "u1", "iat", now, "exp", now + 300));
        for (int i = 0; i < changes.length; i += 2) {
            claims.put((String) changes[i], changes[i + 1]);
        }
        return claims;
    }

    public String sign(JWSHeader header, Map<String, Object> claims) {
        try {
            var token = new JWSObject(header, new Payload(claims));
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
