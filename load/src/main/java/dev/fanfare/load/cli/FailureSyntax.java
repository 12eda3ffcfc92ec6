package dev.fanfare.load.cli;

import dev.fanfare.load.hook.Failure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `share=0.1,answer=503,times=2`: which endpoints fail, how, and for how long.
final class FailureSyntax implements ITypeConverter<Failure> {
    private static final Set<String> NAMES =
            Set.of("share", "events", "answer", "retry-after", "delay", "times", "from", "for");

    @Override
    public Failure convert(String value) throws Exception {
        var words = words(value);
        var answer = words.getOrDefault("answer", "");
        var kind = kind(answer);
        if (kind == Failure.Kind.SLOW ? !words.containsKey("delay") : words.containsKey("delay")) {
            throw new TypeConversionException(
                    "'%s': delay goes with answer=slow: answer=slow,delay=2s".formatted(value));
        }
        if (words.containsKey("retry-after") && kind != Failure.Kind.STATUS) {
            throw new TypeConversionException(
                    "'%s': retry-after goes with a status: answer=429,retry-after=2s".formatted(value));
        }
        if (kind != Failure.Kind.SLOW && !words.containsKey("times") && !words.containsKey("for")) {
            throw new TypeConversionException(
                    "'%s' would never take an event: say times=2, or for=5s".formatted(value));
        }
        return new Failure(
                share(value, "share", words),
                share(value, "events", words),
                kind,
                kind == Failure.Kind.STATUS ? Integer.parseInt(answer) : 0,
                words.containsKey("retry-after")
                        ? OptionalLong.of(time(words.get("retry-after")).toSeconds())
                        : OptionalLong.empty(),
                time(words.get("delay")),
                times(value, words.get("times")),
                time(words.get("from")),
                words.containsKey("for") ? time(words.get("for")) : Failure.FOREVER);
    }

    private static Map<String, String> words(String value) {
        var words = new LinkedHashMap<String, String>();
        for (var part : value.split(",", -1)) {
            var pair = part.split("=", -1);
            if (pair.length != 2 || !NAMES.contains(pair[0].strip())) {
                throw new TypeConversionException(
                        "'%s' in '%s' is unknown: use share, events, answer, retry-after, delay, times, from and for, as in share=0.1,answer=503,times=2"
                                .formatted(part, value));
            }
            words.put(pair[0].strip(), pair[1].strip());
        }
        return words;
    }

    private static Failure.Kind kind(String answer) {
        return switch (answer) {
            case "slow" -> Failure.Kind.SLOW;
            case "hang" -> Failure.Kind.HANG;
            case "close" -> Failure.Kind.CLOSE;
            default -> {
                if (!answer.matches("[345]\\d\\d")) {
                    throw new TypeConversionException(
                            "answer '%s' is none: use a status from 300 to 599, slow, hang or close".formatted(answer));
                }
                yield Failure.Kind.STATUS;
            }
        };
    }

    private static double share(String value, String name, Map<String, String> words) {
        var share = words.getOrDefault(name, "1");
        if (!share.matches("0?\\.\\d{1,9}|1|1\\.0") || Double.parseDouble(share) == 0) {
            throw new TypeConversionException(
                    "'%s': %s '%s' is none: use more than 0, and 1 at most".formatted(value, name, share));
        }
        return Double.parseDouble(share);
    }

    /// More than 100 are not told apart.
    private static int times(String value, @Nullable String times) {
        if (times == null) {
            return Integer.MAX_VALUE;
        }
        if (!times.matches("[1-9]\\d?|100")) {
            throw new TypeConversionException("'%s': times '%s' is none: use 1 to 100".formatted(value, times));
        }
        return Integer.parseInt(times);
    }

    private static Duration time(@Nullable String text) {
        return text == null ? Duration.ZERO : new Conversions.Time().convert(text);
    }
}
