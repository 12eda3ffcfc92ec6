package dev.fanfare.gateway.overload;

/// What was measured at one moment.
///
/// @param heap what is left in the heap after a collection, in percent of what may be
/// @param unwritten what waits for clients to read it, in percent of its limit
/// @param delayMillis how long what is due waits for a thread
record Measures(double heap, double unwritten, double delayMillis) {
    @Override
    public String toString() {
        return "heap %.0f %%, unwritten %.0f %%, delay %.0f ms".formatted(heap, unwritten, delayMillis);
    }
}
