package dev.signalbox.testing.services;

import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** What happens to a test whose part is not on this machine. */
final class Missing {
    private Missing() {}

    /** Skips the test, saying what is missing; under {@code CI=true} fails it. */
    static <T> T unlessStarts(String part, Supplier<T> start) {
        try {
            return start.get();
        } catch (RuntimeException | LinkageError e) {
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                throw new IllegalStateException("this test needs " + part, e);
            }
            Assumptions.abort("skipped: this test needs " + part + "; here it failed with " + e);
            throw e;
        }
    }
}
