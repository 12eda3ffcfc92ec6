package dev.fanfare.load.plan;

/// What a gateway takes for each thing that it does: CPU time in microseconds, of one processor.
///
/// @param record a record that the feed reads, routes and keeps
/// @param write one write to a client, whatever is in it
/// @param event an event in a write
/// @param heartbeat one that is sent, with what the client answers
/// @param connect a client that comes
/// @param clientKib memory of an idle client, in KiB, without the kernel's part
/// @param frameBytes what goes over the wire with an event beside its data, down to TCP and IP
public record Costs(
        double record,
        double write,
        double event,
        double heartbeat,
        double connect,
        double clientKib,
        double frameBytes) {}
