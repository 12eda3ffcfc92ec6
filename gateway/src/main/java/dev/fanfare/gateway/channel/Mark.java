package dev.fanfare.gateway.channel;

/// A point in the feed's total order at which a caught-up session can stand: after an event, or at a head.
public sealed interface Mark permits Head, FeedEvent {
    /// Everything with a sequence number up to this one lies before the mark.
    long seq();

    /// The positions that the feed had reached there. May be computed anew at each call.
    PositionVector vector();

    /// The cursor for [#vector()], as ASCII; made once and shared. Do not change it.
    byte[] cursor();
}
