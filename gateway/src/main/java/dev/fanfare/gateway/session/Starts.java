package dev.fanfare.gateway.session;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// Turns what a client asks for into a position in the feed. Thread-safe; may ask Kafka, and so block.
public final class Starts {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5); // allowance when a topic was replaced

    private final Channels channels;
    private final History history;
    private final LastEvents lastEvents;
    private final LongAdder refused = new LongAdder();
    private volatile boolean held;

    public Starts(Channels channels, History history, GatewaySettings.Replay settings) {
        this.channels = channels;
        this.history = history;
        this.lastEvents = new LastEvents(channels, history, settings.scanBytes(), settings.scanTime());
    }

    /// Whether to refuse those who ask for the last events and have to be given them out of Kafka.
    public void hold(boolean back) {
        held = back;
    }

    /// How many were refused because of that.
    public LongAdder refused() {
        return refused;
    }

    /// Finds the start.
    ///
    /// @throws ProblemException if the cursor is none, or if Kafka has to be asked and does not answer, or
    ///     is not to be asked now
    public Start find(StartPoint point, List<ChannelPattern> patterns) throws InterruptedException {
        try {
            return switch (point) {
                case StartPoint.Live _ -> new Start.Live();
                case StartPoint.AtCursor(var token) -> atCursor(token, patterns);
                case StartPoint.Since(var time) -> since(time);
                case StartPoint.Last(var events) -> last(events, patterns);
            };
        } catch (BadCursorException bad) {
            throw new ProblemException(
                    ErrorCode.INVALID_CURSOR,
                    "the cursor cannot be read: " + bad.getMessage() + "; leave it out to start with live events");
        } catch (HistoryUnavailableException away) {
            throw new ProblemException(
                    ErrorCode.KAFKA_AWAY,
                    "where to start cannot be found out: Kafka does not answer",
                    Map.of("Retry-After", "2"));
        }
    }

    private Start last(int events, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        var found = lastEvents.find(events, patterns, !held);
        if (found == null) {
            refused.increment();
            throw new ProblemException(
                    ErrorCode.REPLAY_BUSY,
                    "this node has too much to do to look for the last %d events in Kafka: come back later"
                            .formatted(events),
                    Map.of(
                            "Retry-After",
                            Integer.toString(ThreadLocalRandom.current().nextInt(2, 10))));
        }
        return found;
    }

    private Start since(Instant time) throws HistoryUnavailableException, InterruptedException {
        var head = channels.head();
        var from = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time; // to Kafka, negative times mean other things
        var position = history.at(head.topology(), from);
        return new Start.After("since", head, from.toEpochMilli(), position, List.of(), "", List.of(), true);
    }

    private Start atCursor(String token, List<ChannelPattern> patterns)
            throws BadCursorException, HistoryUnavailableException, InterruptedException {
        var cursor = Cursor.decode(token);
        var head = channels.head();
        var topology = head.topology();
        var position = head.vector().mutable(topology.size()); // topics that the cursor does not name: the head
        var gaps = new ArrayList<Notice.Gap>();
        var foreign = new ArrayList<Cursor.TopicPosition>();
        for (var was : cursor.topics()) {
            var topic = topology.topic(was.nameHash());
            if (topic.isEmpty() || (topic.get().idHash() == 0 && was.idHash() != 0)) {
                foreign.add(was);
            } else if (was.idHash() != 0 && was.idHash() != topic.get().idHash()) {
                recreated(cursor, was, topic.get(), topology, position, gaps);
            } else {
                if (was.nextOffsets().length > topic.get().indexes().size()) {
                    foreign.add(was); // another node has seen the topic grow already
                }
                for (int p = 0; p < topic.get().indexes().size(); p++) {
                    boolean known = p < was.nextOffsets().length;
                    position.set(
                            topic.get().indexes().get(p),
                            known ? was.nextOffsets()[p] : 0,
                            known ? was.leaderEpochs()[p] : -1);
                }
            }
        }
        checkRoom(topology, position.copy(), cursor, foreign);
        var at = notDiverged(topology, position.done(), gaps);
        var within = notBeyondEnd(head, at, gaps);
        gaps.removeIf(gap -> !concerns(gap, topology, patterns));
        return new Start.After("cursor", head, cursor.timestampMillis(), within, gaps, token, foreign, true);
    }

    /// Whether events of the range could have been delivered. Somebody who has yet to subscribe is told all.
    private boolean concerns(Notice.Gap gap, Topology topology, List<ChannelPattern> patterns) {
        int partition = topology.index(gap.topic(), 0);
        return patterns.isEmpty()
                || patterns.stream().anyMatch(pattern -> history.mayHold(topology, partition, pattern));
    }

    /// What is handed back must fit into the next cursor beside this node's own topics.
    private static void checkRoom(
            Topology topology, PositionVector position, Cursor cursor, List<Cursor.TopicPosition> foreign) {
        try {
            topology.encode(position, cursor.timestampMillis(), foreign);
        } catch (IllegalArgumentException | IllegalStateException tooLong) {
            throw new ProblemException(
                    ErrorCode.INVALID_CURSOR,
                    "the cursor has positions in %d topics that are unknown here, too many to be kept: leave it out to"
                                    .formatted(foreign.size())
                            + " start with live events");
        }
    }

    /// The topic is another one of the same name: its offsets mean nothing, only the time does.
    private void recreated(
            Cursor cursor,
            Cursor.TopicPosition was,
            Topology.Topic topic,
            Topology topology,
            PositionVector.Mutable position,
            List<Notice.Gap> gaps)
            throws HistoryUnavailableException, InterruptedException {
        var time = Instant.ofEpochMilli(Math.max(0, cursor.timestampMillis() - CLOCKS_DIFFER.toMillis()));
        var at = history.at(topology, time);
        for (int p = 0; p < topic.indexes().size(); p++) {
            int index = topic.indexes().get(p);
            position.set(index, at.offset(index), -1);
        }
        for (int p = 0; p < was.nextOffsets().length; p++) {
            long to = p < topic.indexes().size() ? at.offset(topic.indexes().get(p)) : 0;
            gaps.add(new Notice.Gap(topic.name(), p, was.nextOffsets()[p], to, GapReason.TOPIC_RECREATED, true));
        }
    }

    /// A cursor may come from a history that an unclean election has rewritten.
    private PositionVector notDiverged(Topology topology, PositionVector position, List<Notice.Gap> gaps) {
        var common = position.mutable(topology.size());
        for (int index = 0; index < topology.size(); index++) {
            long offset = position.offset(index);
            var divergence = channels.epochs().divergence(index, position.epoch(index), offset);
            if (topology.isLive(index) && divergence.isPresent()) {
                long from = divergence.getAsLong();
                var where = topology.place(index);
                gaps.add(new Notice.Gap(where.topic(), where.partition(), from, offset, GapReason.TRUNCATED, false));
                common.set(index, from, -1);
            }
        }
        return common.done();
    }

    /// A cursor may be ahead of this node, which then catches up; but not of Kafka.
    private PositionVector notBeyondEnd(Head head, PositionVector position, List<Notice.Gap> gaps)
            throws HistoryUnavailableException, InterruptedException {
        if (position.isAtMost(head.vector())) {
            return position;
        }
        var topology = head.topology();
        var ends = history.ends(topology);
        var within = position.mutable(topology.size());
        for (int index = 0; index < topology.size(); index++) {
            long end = ends.offset(index);
            if (topology.isLive(index) && position.offset(index) > end) {
                var where = topology.place(index);
                gaps.add(new Notice.Gap(
                        where.topic(), where.partition(), end, position.offset(index), GapReason.TRUNCATED, false));
                within.set(index, end, -1);
            }
        }
        return within.done();
    }
}
