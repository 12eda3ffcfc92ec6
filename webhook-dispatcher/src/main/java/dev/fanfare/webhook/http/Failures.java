package dev.fanfare.webhook.http;

import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// What a call that had no answer means. Exceptions' messages hold addresses and what the other side sent: none of
/// them is shown.
final class Failures {
    private Failures() {}

    static Result of(IOException failure, CallTrace trace, Duration timeout, boolean proxied) {
        var reason = reason(failure, trace.step());
        return Result.without(reason, detail(reason, failure, trace.step(), timeout, proxied), trace.timings());
    }

    static boolean isTimeout(IOException failure) {
        return failure instanceof InterruptedIOException;
    }

    static String seconds(Duration timeout) {
        var millis = timeout.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    private static Reason reason(IOException failure, CallTrace.Step step) {
        if (find(ForbiddenAddressException.class, failure)) {
            return Reason.ADDRESS_FORBIDDEN;
        }
        if (step == CallTrace.Step.DNS || failure instanceof UnknownHostException) {
            return Reason.DNS;
        }
        if (isTimeout(failure)) {
            return Reason.TIMEOUT;
        }
        return switch (step) {
            case DNS, CONNECT -> failure instanceof SSLException ? Reason.TLS : Reason.CONNECTION_REFUSED;
            case TLS -> Reason.TLS;
            case REQUEST, ANSWER -> Reason.CONNECTION_LOST;
        };
    }

    private static String detail(
            Reason reason, IOException failure, CallTrace.Step step, Duration timeout, boolean proxied) {
        return switch (reason) {
            case ADDRESS_FORBIDDEN -> "The receiver's address is one that may not be called.";
            case DNS -> "The receiver's name has no address, or none was found in time.";
            case TIMEOUT ->
                switch (step) {
                    case DNS, CONNECT -> "There was no connection within %s.".formatted(seconds(min(timeout)));
                    case TLS -> "The TLS handshake did not end within %s.".formatted(seconds(timeout));
                    case REQUEST, ANSWER -> "There was no answer within %s.".formatted(seconds(timeout));
                };
            case TLS -> tls(failure);
            case CONNECTION_REFUSED ->
                proxied ? "The egress proxy made no connection." : "The receiver accepts no connection.";
            default -> "The connection broke before there was an answer, or the answer was not HTTP.";
        };
    }

    private static Duration min(Duration timeout) {
        return timeout.compareTo(Sender.CONNECT_TIMEOUT) < 0 ? timeout : Sender.CONNECT_TIMEOUT;
    }

    private static String tls(IOException failure) {
        if (find(CertificateExpiredException.class, failure)) {
            return "The receiver's certificate has expired.";
        }
        if (find(SSLPeerUnverifiedException.class, failure)) {
            return "The receiver's certificate is for another name.";
        }
        if (find(CertPathBuilderException.class, failure)) {
            return "The receiver's certificate is of no known authority, or its chain is incomplete.";
        }
        return "The TLS handshake failed.";
    }

    /// Whether it is among the failure, its causes, and those of the other addresses that were tried.
    private static boolean find(Class<? extends Throwable> kind, @Nullable Throwable failure) {
        return failure != null
                && (kind.isInstance(failure)
                        || find(kind, failure.getCause())
                        || Arrays.stream(failure.getSuppressed()).anyMatch(other -> find(kind, other)));
    }
}
