package dev.fanfare.gateway.session;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.States;
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
import java.util.stream.IntStream;

/// Turns what a client asks for into a position in the feed. Thread-safe; may ask Kafka, and so block.
public final class Starts {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5); // allowance when a topic was replaced

    /// The time of cursors inside of a state: should its topics be created anew, it begins anew as well.
    static final long IN_STATE = 0;

    private final Channels channels;
    private final History history;
    private final States states;
    private final LastEvents lastEvents;
    private final LongAdder refused = new LongAdder();
    private volatile boolean held;

    public Starts(Channels channels, History history, States states, GatewaySettings.Replay settings) {
        this.channels = channels;
        this.history = history;
        this.states = states;
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
                case StartPoint.State() -> state(patterns);
                case StartPoint.AtCursor(var token, var state) -> atCursor(token, state, patterns);
                case StartPoint.Since(var time) -> since(time);
                case StartPoint.Last(var events) -> last(events, patterns);
            };
        } catch (BadCursorException bad) {
            throw new ProblemException(
                    ErrorCode.INVALID_CURSOR,
                    "the cursor cannot be read: " + bad.getMessage() + "; leave it out to start with live events");
        } catch (HistoryUnavailableException away) {
            throw away();
        }
    }

    private static ProblemException away() {
        return new ProblemException(
                ErrorCode.KAFKA_AWAY,
                "where to start cannot be found out: Kafka does not answer",
                Map.of("Retry-After", "2"));
    }

    private Start state(List<ChannelPattern> patterns) throws HistoryUnavailableException, InterruptedException {
        var head = channels.head();
        var keys = keys(head, patterns);
        var position = head.vector().mutable(head.topology().size());
        for (int p = 0; p < head.topology().size(); p++) {
            if (keys.covers(p)) {
                position.set(p, Math.min(keys.start(p), position.offset(p)), -1);
            }
        }
        var filter = new StateFilter(keys, true, null);
        return new Start.After("state", head, IN_STATE, position.done(), List.of(), "", List.of(), true, filter);
    }

    /// The newest records of keys as of now, for a state of some patterns.
    ///
    /// @throws ProblemException if there is no state, or none that this node can tell, or none yet
    public KnownKeys keys(List<ChannelPattern> patterns) throws InterruptedException {
        try {
            return new KnownKeys(keys(channels.head(), patterns));
        } catch (HistoryUnavailableException away) {
            throw away();
        }
    }

    private States.Keys keys(Head head, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        if (held) {
            refused.increment();
            throw busy("to read a state from Kafka");
        }
        return switch (states.look(head.topology(), head.vector(), patterns)) {
            case States.Look.Found(var keys) -> keys;
            case States.Look.None() ->
                throw new ProblemException(
                        ErrorCode.NO_STATE,
                        "none of the topics behind these channels is compacted, as far as Kafka tells the gateway: leave"
                                + " 'state' out, or use 'last'");
            case States.Look.TooMany(var keysMax) ->
                throw new ProblemException(
                        ErrorCode.STATE_TOO_LARGE,
                        "the topics behind these channels have more keys than this node may remember, which are %d in all"
                                .formatted(keysMax));
            case States.Look.NotYet() ->
                throw new ProblemException(
                        ErrorCode.STATE_BUSY,
                        "the state is still being read from Kafka: come back in a moment, and most of it is done",
                        Map.of("Retry-After", "1"));
        };
    }

    private Start last(int events, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        var found = lastEvents.find(events, patterns, !held);
        if (found == null) {
            refused.increment();
            throw busy("to look for the last %d events in Kafka".formatted(events));
        }
        return found;
    }

    private static ProblemException busy(String with) {
        return new ProblemException(
                ErrorCode.REPLAY_BUSY,
                "this node has too much to do %s: come back later".formatted(with),
                Map.of(
                        "Retry-After",
                        Integer.toString(ThreadLocalRandom.current().nextInt(2, 10))));
    }

    private Start since(Instant time) throws HistoryUnavailableException, InterruptedException {
        var head = channels.head();
        var from = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time; // to Kafka, negative times mean other things
        var position = history.at(head.topology(), from);
        return new Start.After("since", head, from.toEpochMilli(), position, List.of(), "", List.of(), true);
    }

    private Start atCursor(String token, boolean state, List<ChannelPattern> patterns)
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
        var filter = state && cursor.timestampMillis() == IN_STATE ? rest(head, patterns) : null;
        return new Start.After("cursor", head, cursor.timestampMillis(), within, gaps, token, foreign, true, filter);
    }

    /// For a client that was cut off in the middle of a state: the rest, with what is deleted, for the client may have
    /// had it. If too little is known by now to leave anything out, everything comes.
    private StateFilter rest(Head head, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        var look = states.look(head.topology(), head.vector(), patterns);
        return new StateFilter(look instanceof States.Look.Found(var keys) ? keys : StateFilter.NOTHING, false, null);
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
        var topology = head.topology();
        if (IntStream.range(0, topology.size())
                .noneMatch(p -> channels.demand().isRead(p)
                        && position.offset(p) > head.vector().offset(p))) {
            return position;
        }
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
