package dev.fanfare.load.publish;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A raw server in a process of its own, so that its CPU time is its own, and its open files are.
///
/// They talk in lines: it says `port N` once it listens, is told `run START PER_SECOND NANOS` with the first event's
/// time in microseconds, and says `done HISTOGRAM` when all has been written. It ends with its standard input.
public final class RawProcess implements Source {
    private final Process process;
    private final BufferedReader answers;
    private final Acknowledgements acknowledgements;
    private final int port;

    /// Returns when it listens.
    ///
    /// @param command runs [#serve]
    /// @throws UncheckedIOException if it cannot be started
    public RawProcess(List<String> command, int channels) {
        acknowledgements = new Acknowledgements(channels);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = process.inputReader(StandardCharsets.US_ASCII);
            port = Integer.parseInt(answer("port"));
        } catch (IOException failure) {
            throw new UncheckedIOException("the raw server cannot be started: " + failure.getMessage(), failure);
        }
    }

    /// The other side: until standard input ends.
    public static void serve(RawServer server, int channels) throws IOException, InterruptedException {
        say("port " + server.port());
        var in = new InputStreamReader(System.in, StandardCharsets.US_ASCII);
        var asked = new BufferedReader(in);
        for (var line = asked.readLine(); line != null; line = asked.readLine()) {
            var words = line.split(" ", -1);
            var duration = Duration.ofNanos(Long.parseLong(words[3]));
            var schedule = new Schedule(Long.parseLong(words[1]), Double.parseDouble(words[2]), duration, channels);
            server.run(schedule);
            say("done " + encode(server.acknowledgements().latency()));
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void run(Schedule schedule) throws InterruptedException {
        try {
            process.getOutputStream()
                    .write("run %d %s %d%n"
                            .formatted(
                                    schedule.startMicros(),
                                    Double.toString(schedule.perSecond()),
                                    schedule.duration().toNanos())
                            .getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            acknowledgements.acknowledge(schedule, decode(answer("done")));
        } catch (IOException failure) {
            throw new UncheckedIOException("the raw server has ended: " + failure.getMessage(), failure);
        }
    }

    @Override
    public Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void close() {
        process.destroy();
    }

    private String answer(String word) throws IOException {
        @Nullable String line = answers.readLine();
        if (line == null || !line.startsWith(word + " ")) {
            process.destroy();
            throw new IOException("it says '%s' instead of '%s'".formatted(line == null ? "" : line, word));
        }
        return line.substring(word.length() + 1);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static String encode(Histogram histogram) {
        var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        var bytes = new byte[length];
        buffer.get(0, bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Histogram decode(String text) throws IOException {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
        } catch (DataFormatException wrong) {
            throw new IOException(wrong);
        }
    }
}
