package dev.fanfare.load.cli;

import dev.fanfare.load.client.Transport;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What options' values mean.
final class Conversions {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Conversions() {}

    /// `500ms`, `30s`, `5m`, `1h`, or as ISO 8601 has it.
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            var matcher = SHORT.matcher(value);
            if (matcher.matches()) {
                long number = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                };
            }
            try {
                var duration = Duration.parse(value);
                if (!duration.isNegative()) {
                    return duration;
                }
            } catch (DateTimeException wrong) {
                // said below
            }
            throw new TypeConversionException("'%s' is no duration: use 500ms, 30s, 5m or 1h".formatted(value));
        }
    }

    /// `sse`, or shares: `sse=2,ws=1`.
    static final class Mix implements ITypeConverter<Shares> {
        @Override
        public Shares convert(String value) {
            var mix = new EnumMap<Transport, Integer>(Transport.class);
            for (var part : value.split(",", -1)) {
                var pair = part.split("=", -1);
                var transport = Transport.of(pair[0].strip());
                var share = pair.length == 1 ? "1" : pair[1].strip();
                if (transport.isEmpty() || pair.length > 2 || !share.matches("\\d{1,6}")) {
                    throw new TypeConversionException(
                            "'%s' is no transport: use sse, ws, poll, or shares such as sse=2,ws=1".formatted(part));
                }
                mix.merge(transport.get(), Integer.parseInt(share), Integer::sum);
            }
            if (mix.values().stream().allMatch(share -> share == 0)) {
                throw new TypeConversionException("'%s' has no share above 0".formatted(value));
            }
            return new Shares(mix);
        }
    }
}
