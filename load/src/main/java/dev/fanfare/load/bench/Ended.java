package dev.fanfare.load.bench;

/// The bench is told to end: what fails from then on says nothing of a server.
final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended() {
        super("told to end");
    }
}
