package dev.signalbox.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Parts of a benchmark, which are closed in reverse. All of them are, also where one fails to. Not thread-safe. */
final class Opened implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T opening(T part) {
        parts.push(part);
        return part;
    }

    /**
     * Closes them once.
     *
     * @throws IllegalStateException with every failure
     */
    @Override
    public void close() {
        IllegalStateException failure = null;
        while (!parts.isEmpty()) {
            failure = closing(parts.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable IllegalStateException closing(
            AutoCloseable part, @Nullable IllegalStateException failure) {
        try {
            part.close();
            return failure;
        } catch (Exception e) {
            if (failure == null) {
                return new IllegalStateException("a part of the benchmark did not stop", e);
            }
            failure.addSuppressed(e);
            return failure;
        }
    }
}
