package dev.signalbox.llm;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt and its transport tell each other past LangChain4j, which has no room for it: signs of life, whether the
 * answer came to its end in order, its last raw words, and how to cut the connection. Thread-safe.
 *
 * <p>The transport finds it as a scoped value, since LangChain4j calls its HTTP client on the thread that asked.
 */
final class Exchange {
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    private final LongSupplier nanos;
    private @Nullable Runnable connection;
    private boolean cancelled;
    private volatile long heard;
    private volatile boolean answering;
    private volatile boolean ended;
    private volatile boolean watched;
    private volatile @Nullable String last;
    private volatile @Nullable String beforeLast;

    Exchange(LongSupplier nanos) {
        this.nanos = nanos;
        heard = nanos.getAsLong();
    }

    /** Our own transport carries it, and so sees what LangChain4j does not tell. */
    void watch() {
        watched = true;
    }

    boolean isWatched() {
        return watched;
    }

    /** Something came from the provider, or somebody took what had come. */
    void hear() {
        heard = nanos.getAsLong();
        if (!answering) {
            answering = true;
        }
    }

    boolean isAnswering() {
        return answering;
    }

    long heard() {
        return heard;
    }

    /** The provider said that its answer is whole. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** The newest event, or the body of an answer that does not stream. */
    void keep(String raw) {
        beforeLast = last;
        last = raw;
    }

    @Nullable
    String last() {
        return last;
    }

    @Nullable
    String beforeLast() {
        return beforeLast;
    }

    /** How to cut it; done at once if it is cancelled already. */
    void connected(Runnable cut) {
        if (isTooLate(cut)) {
            cut.run();
        }
    }

    private synchronized boolean isTooLate(Runnable cut) {
        connection = cut;
        return cancelled;
    }

    void cancel() {
        Runnable cut = lastConnection();
        if (cut != null) {
            cut.run();
        }
    }

    private synchronized @Nullable Runnable lastConnection() {
        cancelled = true;
        return connection;
    }
}
