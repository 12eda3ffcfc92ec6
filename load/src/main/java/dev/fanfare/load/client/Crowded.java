package dev.fanfare.load.client;

/// How a crowd stands.
///
/// @param pending sessions that may become ready still
/// @param ready sessions that have been opened, also those that are lost since
/// @param lost sessions that were refused or have ended
/// @param away sessions that have left and are not back
/// @param receipts events so far
public record Crowded(int pending, int ready, int lost, int away, long receipts) {
    Crowded plus(Crowded other) {
        return new Crowded(
                pending + other.pending,
                ready + other.ready,
                lost + other.lost,
                away + other.away,
                receipts + other.receipts);
    }
}
