package dev.signalbox.llm;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt and its transport tell each other past LangChain4j, which has no room for it: signs of life, whether the
 * request was sent and the answer came to its end in order, its last raw events, its tool calls, and how to cut the
 * connection. Thread-safe.
 *
 * <p>The transport finds it as a scoped value, since LangChain4j calls its HTTP client on the thread that asked.
 */
final class Exchange {
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    private static final long NEVER = Long.MIN_VALUE;

    private final LongSupplier nanos;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final ToolCallAssembler toolCalls = new ToolCallAssembler();
    private @Nullable Runnable connection;
    private boolean cancelled;
    private volatile long lastHeard;
    private volatile long firstToken = NEVER;
    private volatile boolean answering;
    private volatile boolean ended;
    private volatile boolean watched;
    private volatile boolean sent;
    private volatile Secrets secrets = Secrets.NONE;
    private volatile @Nullable String last;
    private volatile @Nullable String beforeLast;

    Exchange(LongSupplier nanos) {
        this.nanos = nanos;
        lastHeard = nanos.getAsLong();
    }

    /** This library's own transport carries it, and so sees what LangChain4j does not tell. */
    void watch(Secrets secretsOfRequest) {
        secrets = secretsOfRequest;
        watched = true;
    }

    boolean isWatched() {
        return watched;
    }

    /** What must not appear in a message. */
    Secrets secrets() {
        return secrets;
    }

    /** The connection stands and the request goes out: from now on the provider may work. */
    void sent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    /** Something came from the provider, or the listener took what had come. */
    void heard() {
        lastHeard = nanos.getAsLong();
        if (!answering) {
            answering = true;
        }
    }

    boolean isAnswering() {
        return answering;
    }

    long lastHeard() {
        return lastHeard;
    }

    /** A piece of text, reasoning, refusal or tool call came. */
    void token() {
        if (firstToken == NEVER) {
            firstToken = nanos.getAsLong();
        }
    }

    boolean hasToken() {
        return firstToken != NEVER;
    }

    /** Only after {@link #hasToken}. */
    long firstToken() {
        return firstToken;
    }

    /** The provider said that its answer is whole. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** The answer is whole or has failed. Its connection may end in order, for a short while; {@link #cancel} cuts it. */
    void over() {
        over.complete(null);
    }

    boolean isOver() {
        return over.isDone();
    }

    CompletableFuture<Void> whenOver() {
        return over;
    }

    /** Written by one event after the other, read after the end. */
    ToolCallAssembler toolCalls() {
        return toolCalls;
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
