package dev.fanfare.gateway.app;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// `TCP_USER_TIMEOUT` (RFC 5482, tcp(7)), which the JDK does not offer: how long sent bytes may stay unacknowledged
/// before a connection is given up. Set on the listening socket, from which all its connections inherit it.
///
/// Linux only, where `/proc` tells the listener's file descriptor. Elsewhere, and where calling the C library is not
/// allowed, the system's own patience with a vanished peer decides: minutes.
final class UserTimeout {
    private static final System.Logger LOG = System.getLogger(UserTimeout.class.getName());
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final String LISTENS = "0A";

    private UserTimeout() {}

    /// Sets it on whatever listens on a port in this process. A failure is logged, nothing more.
    static void set(int port, Duration time) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return;
        }
        try {
            var listeners = listeners(port);
            if (listeners.isEmpty()) {
                throw new IOException("no listener on port " + port + " in /proc");
            }
            for (int listener : listeners) {
                set(listener, Math.toIntExact(time.toMillis()));
            }
        } catch (IOException | RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "TCP_USER_TIMEOUT is not set: clients that vanish while bytes are under way to them are noticed "
                            + "when the kernel gives up (net.ipv4.tcp_retries2)",
                    failure);
        }
    }

    private static Set<Integer> listeners(int port) throws IOException {
        var sockets = new HashSet<String>();
        for (var table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            if (Files.exists(Path.of(table))) {
                for (var line : Files.readAllLines(Path.of(table))) {
                    var fields = line.strip().split(" +", -1); // as proc_pid_net(5) has them
                    if (fields[1].endsWith(":%04X".formatted(port)) && fields[3].equals(LISTENS)) {
                        sockets.add("socket:[" + fields[9] + "]");
                    }
                }
            }
        }
        var found = new HashSet<Integer>();
        try (var files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var file : files) {
                try {
                    if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                        found.add(Integer.valueOf(file.getFileName().toString()));
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    // not a listener of ours
                }
            }
        }
        return found;
    }

    @SuppressWarnings("restricted") // the launcher and the jar's manifest allow it
    private static MethodHandle setsockopt() {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setsockopt"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    }

    private static void set(int descriptor, int millis) throws IOException {
        int result;
        try (var arena = Arena.ofConfined()) {
            result = (int) setsockopt()
                    .invokeExact(
                            descriptor,
                            IPPROTO_TCP,
                            TCP_USER_TIMEOUT,
                            arena.allocateFrom(JAVA_INT, millis),
                            Integer.BYTES);
        } catch (Throwable failure) { // as invokeExact declares
            throw new IOException("setsockopt cannot be called", failure);
        }
        if (result != 0) {
            throw new IOException("setsockopt refuses TCP_USER_TIMEOUT of " + millis + " ms");
        }
    }
}
