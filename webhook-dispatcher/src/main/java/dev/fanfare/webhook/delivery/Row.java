package dev.fanfare.webhook.delivery;

/// A delivery's place among the parked ones, as it was read or written. Whoever changes the row says this version; if
/// somebody else has changed it since, nothing happens.
///
/// @param epoch of the shard's lease under which the row was loaded, -1 if it was written by this node and never loaded
public record Row(int version, long epoch) {}
