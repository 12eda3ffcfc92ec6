package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Memory per session that only listens: what the server's processes have more with all sessions than with none.
///
/// @param sessions before `--scale`
/// @param tls whether they speak it
record Idle(String name, String about, Transport transport, int sessions, boolean tls) implements Row {
    @Override
    public List<Line> measure(Ground ground) throws InterruptedException {
        var load = new Load(
                Load.QUIET,
                transport,
                ground.scaled(sessions),
                1,
                1,
                ground.warmUp(),
                ground.window().plusMinutes(5),
                tls ? List.of("--connect-timeout", "2m") : List.of()); // handshakes take the CPUs that there are
        var cells = new LinkedHashMap<String, Cell>();
        for (var contender : ground.contenders()) {
            var variant = tls ? contender.secured() : Optional.of(contender);
            cells.put(contender.name(), variant.isEmpty() ? Cell.none("–") : attempted(ground, variant.get(), load));
        }
        return List.of(new Line(name, about, "KiB per session", false, cells));
    }

    private static Cell attempted(Ground ground, Contender contender, Load load) throws InterruptedException {
        var refused = contender.refuses(load);
        return refused.isPresent()
                ? Cell.none(refused.get())
                : ground.attempt(contender, () -> cell(ground, contender, load)).orElse(Cell.none("failed"));
    }

    private static Cell cell(Ground ground, Contender contender, Load load) throws InterruptedException {
        var some = load.with(Math.max(1, load.sessions() / 50));
        var windows = new ArrayList<Double>();
        for (int window = 0; window < ground.windows(); window++) {
            ground.restart(contender); // what has served many sessions keeps memory for the next ones
            try (var _ = ground.tool().open(contender, some)) {
                contender.settle(); // what all of them need is there now
            }
            contender.settle();
            long before = residentKib(contender);
            try (var _ = ground.tool().open(contender, load)) {
                contender.settle();
                windows.add((residentKib(contender) - before) / (double) load.sessions());
            }
        }
        return Cell.of(windows);
    }

    /// Of all the server's processes; what they share counts once.
    private static long residentKib(Contender contender) {
        return contender.process().stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .mapToLong(process -> residentKib(process.pid()))
                .sum();
    }

    private static long residentKib(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
