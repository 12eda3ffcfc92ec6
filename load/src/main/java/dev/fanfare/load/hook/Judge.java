package dev.fanfare.load.hook;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.MarkerReader;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.wire.Input;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at each call of one loop, counts it and answers it. Owned by the loop's thread.
final class Judge {
    private static final String PATH = "/hook/";

    private record Late(long micros, HookSocket socket, Call call) {}

    private final MarkerReader marker;
    private final Map<String, HookTally> tallies = new TreeMap<>();
    private final Queue<Late> late = new PriorityQueue<>(Comparator.comparingLong(Late::micros));
    private List<Endpoint> endpoints = List.of();
    private Measured measured = Measured.NOTHING;
    private long receipts;

    Judge(Fields fields) {
        marker = new MarkerReader(fields);
    }

    void serve(List<Endpoint> all) {
        endpoints = all;
        all.forEach(endpoint -> tally(endpoint));
    }

    void measure(Measured next) {
        measured = next;
    }

    long receipts() {
        return receipts;
    }

    Collection<HookTally> tallies() {
        return tallies.values();
    }

    /// What has come since this was last asked.
    Interval interval() {
        return tallies.values().stream().map(HookTally::interval).reduce(Interval.NOTHING, Interval::plus);
    }

    /// Takes one request, whose body is `in`'s data from `from` on. Not null: it is answered later, or never.
    @Nullable
    Call call(HookSocket socket, RequestHead head, Input in, int from, int to) {
        var endpoint = endpoint(head);
        if (endpoint == null) {
            socket.answer(Answers.NOT_FOUND);
            return null;
        }
        var tally = tally(endpoint);
        receipts++;
        tally.attempts++;
        tally.bytes += to - from;
        if (!endpoint.verify(head, in.data(), from, to)) {
            tally.wrongSignatures++;
            socket.answer(Answers.UNSIGNED);
            return null;
        }
        if (!marker.read(in.data(), from, to)) {
            tally.unmarked++;
            socket.answer(Answers.OK);
            return null;
        }
        var call = endpoint.begin(head, marker, in.micros() - measured.fromMicros());
        if (call.isEmpty()) {
            tally.strays++;
            socket.answer(Answers.OK);
            return null;
        }
        count(call.get(), tally, in.micros());
        return answer(socket, call.get(), tally, in.micros());
    }

    /// The dispatcher, or the end of all, has ended a connection on which this waited.
    void givenUp(Call call) {
        call.endpoint().fail(call);
        tally(call.endpoint()).givenUp++;
    }

    /// Answers what is due.
    void proceed(long now) {
        for (var next = late.peek(); next != null && next.micros <= now; next = late.peek()) {
            late.remove();
            if (next.socket.waits(next.call)) {
                next.socket.answer(Answers.OK);
                accept(next.call, tally(next.call.endpoint()), now);
            }
        }
    }

    private void count(Call call, HookTally tally, long now) {
        tally.changedIds += call.sameId() ? 0 : 1;
        switch (call.coming()) {
            case FIRST -> {
                if (measured.holds(call.dueMicros())) {
                    tally.first(now - call.dueMicros());
                }
            }
            case RETRY -> tally.retries++;
            case DUPLICATE -> tally.duplicates++;
            case REPEATED -> tally.repeated++;
        }
    }

    private @Nullable Call answer(HookSocket socket, Call call, HookTally tally, long now) {
        if (call.failure().isEmpty()) {
            socket.answer(Answers.OK);
            accept(call, tally, now);
            return null;
        }
        tally.failures++;
        var failure = call.failure().get();
        switch (failure.kind()) {
            case STATUS -> {
                call.endpoint().fail(call);
                socket.answer(failure.answer());
                return null;
            }
            case CLOSE -> {
                call.endpoint().fail(call);
                socket.end();
                return null;
            }
            case SLOW -> late.add(new Late(now + failure.delay().toNanos() / 1000, socket, call));
            case HANG -> {}
        }
        return call;
    }

    private void accept(Call call, HookTally tally, long now) {
        if (call.endpoint().accept(call)) {
            tally.accept(now - call.dueMicros(), now, measured.holds(call.dueMicros()));
        }
    }

    private @Nullable Endpoint endpoint(RequestHead head) {
        var path = head.path();
        if (!head.method().equals("POST") || !path.startsWith(PATH)) {
            return null;
        }
        var number = path.substring(PATH.length());
        int index = number.matches("\\d{1,9}") ? Integer.parseInt(number) : Integer.MAX_VALUE;
        return index < endpoints.size() ? endpoints.get(index) : null;
    }

    private HookTally tally(Endpoint endpoint) {
        return tallies.computeIfAbsent(endpoint.label(), HookTally::new);
    }
}
