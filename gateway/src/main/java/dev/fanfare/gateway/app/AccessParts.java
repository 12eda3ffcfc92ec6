package dev.fanfare.gateway.app;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.access.RevocationLog;
import dev.fanfare.gateway.access.Revocations;
import dev.fanfare.gateway.access.Tickets;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.service.Lifecycle;
import dev.fanfare.service.access.TokenVerifier;
import dev.fanfare.service.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// The parts that say who may do what, put together.
///
/// @param log where tokens can be taken back
record AccessParts(Gate gate, Tickets tickets, Revocations revocations, Optional<RevocationLog> log) {
    private static final int SECRET_MIN = 32;

    static AccessParts open(AccessSettings settings, Origins origins, KafkaClients clients, Lifecycle parts) {
        var clock = InstantSource.system();
        var verifier = parts.open(new TokenVerifier(settings.issuers(), settings.clockSkew(), clock));
        var log = settings.revocations().topic().map(topic -> parts.open(new RevocationLog(clients, topic, clock)));
        var revocations = log.<Revocations>map(one -> one).orElse(Revocations.NONE);
        var tickets = new Tickets(
                secret(settings.tickets().keyFile()), settings.tickets().life(), clock);
        return new AccessParts(
                new Gate(settings, origins, verifier, tickets, revocations, clock), tickets, revocations, log);
    }

    private static byte[] secret(Optional<String> file) {
        if (file.isEmpty()) {
            var secret = new byte[SECRET_MIN];
            new SecureRandom().nextBytes(secret);
            return secret;
        }
        try {
            var secret = Files.readAllBytes(Path.of(file.get()));
            if (secret.length < SECRET_MIN) {
                throw new IllegalArgumentException(
                        "the file %s of access.tickets.key-file has %d bytes: it needs %d, as of 'openssl rand -hex 32'"
                                .formatted(file.get(), secret.length, SECRET_MIN));
            }
            return secret;
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file %s of access.tickets.key-file cannot be read: %s"
                    .formatted(file.get(), unreadable.getClass().getSimpleName()));
        }
    }
}
