package dev.fanfare.load.ctl;

/// A request that was not answered as it should have been; the message is for the operator.
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
        super(message);
    }
}
