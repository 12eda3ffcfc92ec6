package dev.fanfare.gateway.loss;

import dev.fanfare.gateway.testing.Missing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.opentest4j.TestAbortedException;

/// A network namespace that is joined to ours by a pair of virtual interfaces, with a way to lose all packets between
/// them. Needs root and `ip`, from iproute2, and nothing else: no packet filter and no traffic shaper.
///
/// Packets are lost by addressing them to a station that is not there. So both interfaces stay up, and neither side's
/// kernel learns anything, as when a cable is pulled out of a switch far away.
public final class NetworkNamespace implements AutoCloseable {
    private static final String NOBODY = "02:00:00:00:de:ad";

    private final String name;
    private final String ours;
    private final String theirs;
    private final String network; // of RFC 2544: for tests, and routed nowhere
    private final List<Process> processes = new ArrayList<>();
    private final Thread cleanup = new Thread(this::remove, "remove-namespace");

    private NetworkNamespace(int number) {
        name = "fanfare-%04x".formatted(number);
        ours = "ffo%04x".formatted(number);
        theirs = "fft%04x".formatted(number);
        network = "198.18.%d.%d".formatted(number >>> 6 & 0xFF, (number & 0x3F) << 2);
    }

    /// Makes a namespace. Where that is not possible the test is skipped with a word about why, or fails if `CI` is
    /// `true`.
    public static NetworkNamespace create() throws IOException, InterruptedException {
        if (!Files.exists(Path.of("/proc/self/ns/net"))) {
            throw notHere("this is not Linux");
        }
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw notHere("not root");
        }
        var made = new NetworkNamespace(ThreadLocalRandom.current().nextInt(1 << 14));
        Runtime.getRuntime().addShutdownHook(made.cleanup);
        try {
            made.ip("netns", "add", made.name);
            made.ip("link", "add", made.ours, "type", "veth", "peer", "name", made.theirs, "netns", made.name);
            made.ip("addr", "add", made.address() + "/30", "dev", made.ours);
            made.ip("link", "set", made.ours, "up");
            made.ip("-n", made.name, "addr", "add", made.theirAddress() + "/30", "dev", made.theirs);
            made.ip("-n", made.name, "link", "set", made.theirs, "up");
            return made;
        } catch (IOException refused) {
            made.close();
            throw notHere(String.valueOf(refused.getMessage()));
        }
    }

    private static TestAbortedException notHere(String why) {
        return Missing.here("no network namespaces here, so no packets are dropped: " + why);
    }

    /// The address of our side.
    public String address() {
        return network.substring(0, network.lastIndexOf('.') + 1) + (lastByte() + 1);
    }

    /// The address of the namespace's side.
    public String theirAddress() {
        return network.substring(0, network.lastIndexOf('.') + 1) + (lastByte() + 2);
    }

    private int lastByte() {
        return Integer.parseInt(network.substring(network.lastIndexOf('.') + 1));
    }

    /// The words before a command that is to be run inside. It must end before the namespace does.
    public List<String> inside() {
        return List.of("ip", "netns", "exec", name);
    }

    /// Starts a class of the tests as a program inside the namespace. It ends with the namespace.
    Process start(Class<?> program, String... arguments) throws IOException {
        var command = new ArrayList<>(inside());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    /// From now on all packets are lost, in both directions. What the ends have open stays open.
    public void dropAllPackets() throws IOException, InterruptedException {
        ip("neigh", "replace", theirAddress(), "lladdr", NOBODY, "dev", ours, "nud", "permanent");
        ip("-n", name, "neigh", "replace", address(), "lladdr", NOBODY, "dev", theirs, "nud", "permanent");
    }

    /// From now on packets arrive again.
    public void letPacketsThrough() throws IOException, InterruptedException {
        ip("neigh", "del", theirAddress(), "dev", ours);
        ip("-n", name, "neigh", "del", address(), "dev", theirs);
    }

    private void ip(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " says: " + said.strip());
        }
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(cleanup);
    }

    private void remove() {
        for (var process : processes) {
            process.destroyForcibly().onExit().join(); // `ip netns exec` becomes the program: it has no children
        }
        for (var removal : List.of(new String[] {"link", "del", ours}, new String[] {"netns", "del", name})) {
            try {
                ip(removal);
            } catch (IOException notThere) {
                // what was never made need not be removed
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
