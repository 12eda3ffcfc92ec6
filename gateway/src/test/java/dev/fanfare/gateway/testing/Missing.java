package dev.fanfare.gateway.testing;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.TestAbortedException;

/// What a test needs of the machine and does not find there.
public final class Missing {
    private Missing() {}

    /// Skips the test with a word about why, or fails it if `CI` is `true`. Does not return.
    public static TestAbortedException here(String why) {
        if ("true".equals(System.getenv("CI"))) {
            return Assertions.fail(why);
        }
        Assumptions.abort(why);
        return new TestAbortedException(why);
    }
}
