package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.protocol.Notice;

/// Tells those who are there that a range is lost for everybody who stands before it.
public interface LossListener {
    /// Must not block.
    ///
    /// @param partition its index in the topology
    /// @param after the head behind the loss
    void lost(Notice.Gap gap, int partition, Head after);
}
