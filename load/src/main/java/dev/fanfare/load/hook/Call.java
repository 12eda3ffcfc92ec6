package dev.fanfare.load.hook;

import java.util.Optional;

/// A call that is to be answered.
///
/// @param place of its channel among the endpoint's
/// @param sameId whether it has the `webhook-id` of those before it
/// @param failure how it is to fail
/// @param dueMicros when its event was to be sent
record Call(
        Endpoint endpoint,
        int place,
        int event,
        Calls.Coming coming,
        boolean sameId,
        Optional<Failure> failure,
        long dueMicros) {}
