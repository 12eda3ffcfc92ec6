package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelPattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What an operator asks about channels: who subscribes, and what their logs hold. Looks from outside while everything
/// goes on, so figures of one moment may belong to two. Thread-safe; holds no lock that the feed needs for longer than
/// a copy of the patterns takes.
public final class Survey {
    private final Channels channels;

    public Survey(Channels channels) {
        this.channels = channels;
    }

    /// One channel, or one pattern.
    ///
    /// @param subscribers to exactly this
    /// @param events that its log holds
    /// @param perSecond events a second, over the time that the log reaches back; 0 if it holds fewer than two
    public record Line(String channel, int subscribers, int events, double perSecond) {}

    /// By what the first of all channels are found.
    public enum Order {
        SUBSCRIBERS,
        RATE;

        private Comparator<Line> comparator() {
            var most = switch (this) {
                case SUBSCRIBERS -> Comparator.comparingInt(Line::subscribers).thenComparingDouble(Line::perSecond);
                case RATE -> Comparator.comparingDouble(Line::perSecond).thenComparingInt(Line::subscribers);
            };
            return most.thenComparing(Line::channel, Comparator.reverseOrder());
        }
    }

    /// What a log holds.
    ///
    /// @param line what is told of all channels
    /// @param patterns that match the channel, with their subscribers; none of a pattern
    /// @param floor all events from this sequence number on are in it
    public record Detail(
            Line line, List<Line> patterns, long floor, Optional<FeedEvent> oldest, Optional<FeedEvent> newest) {}

    /// The channels and patterns with most of something, most first.
    public List<Line> top(Order order, int n, long nowNanos) {
        var least = new PriorityQueue<Line>(n + 1, order.comparator());
        channels.channelEntries().forEach((name, entry) -> take(least, n, line(name.value(), entry.log(), nowNanos)));
        channels.patternLogs().forEach((pattern, log) -> take(least, n, line(pattern.text(), log, nowNanos)));
        var most = new ArrayList<>(least);
        most.sort(order.comparator().reversed());
        return most;
    }

    private static void take(PriorityQueue<Line> least, int n, Line line) {
        least.add(line);
        if (least.size() > n) {
            least.remove();
        }
    }

    /// Empty if nobody subscribes to it, and none of its events is kept.
    public Optional<Detail> of(ChannelPattern channel, long nowNanos) {
        var patterns = channels.patternLogs();
        if (!channel.isLiteral()) {
            return Optional.ofNullable(patterns.get(channel))
                    .map(log -> detail(line(channel.text(), log, nowNanos), List.of(), log));
        }
        var name = channel.literal();
        var matching = patterns.entrySet().stream()
                .filter(entry -> entry.getKey().matches(name))
                .map(entry -> line(entry.getKey().text(), entry.getValue(), nowNanos))
                .sorted(Order.SUBSCRIBERS.comparator().reversed())
                .toList();
        var entry = channels.channelEntries().get(name);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(detail(line(name.value(), entry.log(), nowNanos), matching, entry.log()));
    }

    private static Detail detail(Line line, List<Line> matching, ChannelLog log) {
        var ends = log.ends();
        return new Detail(
                line, matching, log.floor(), ends.map(ChannelLog.Ends::oldest), ends.map(ChannelLog.Ends::newest));
    }

    /// Who gets the events of a channel, whatever they subscribe to; or who subscribes to exactly this pattern.
    public Set<Subscriber> audience(ChannelPattern channel) {
        var all = Collections.<Subscriber>newSetFromMap(new IdentityHashMap<>());
        channels.patternLogs().forEach((pattern, log) -> {
            if (channel.isLiteral() ? pattern.matches(channel.literal()) : pattern.equals(channel)) {
                add(all, log);
            }
        });
        var entry = channel.isLiteral() ? channels.channelEntries().get(channel.literal()) : null;
        if (entry != null) {
            add(all, entry.log());
        }
        return all;
    }

    private static void add(Set<Subscriber> all, ChannelLog log) {
        for (var subscriber : log.subscribers()) {
            if (subscriber != null) {
                all.add(subscriber);
            }
        }
    }

    private static Line line(String channel, ChannelLog log, long nowNanos) {
        var ends = log.ends();
        return new Line(
                channel,
                log.subscriberCount(),
                ends.map(ChannelLog.Ends::count).orElse(0),
                ends.filter(some -> some.count() > 1)
                        .map(some -> some.count() / seconds(nowNanos - some.oldest().keptSinceNanos))
                        .orElse(0.0));
    }

    private static double seconds(long nanos) {
        return Math.max(nanos, TimeUnit.SECONDS.toNanos(1)) / 1e9;
    }
}
