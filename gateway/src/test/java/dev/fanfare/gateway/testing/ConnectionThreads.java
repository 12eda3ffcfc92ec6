package dev.fanfare.gateway.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The virtual threads that serve connections of all listeners in this JVM.
public final class ConnectionThreads {
    private static final Pattern CONNECTION = Pattern.compile("\"tid\": \"?(\\d+)\"?,[^{}]*?\"name\": \"connection\"");

    private ConnectionThreads() {}

    /// Those that there are now, by their ids.
    public static Set<String> ids() {
        try {
            var folder = Files.createTempDirectory("threads");
            var dump = folder.resolve("threads.json");
            try {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
                return CONNECTION
                        .matcher(Files.readString(dump))
                        .results()
                        .map(thread -> thread.group(1))
                        .collect(Collectors.toSet());
            } finally {
                Files.deleteIfExists(dump);
                Files.delete(folder);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
