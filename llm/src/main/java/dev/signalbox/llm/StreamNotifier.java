package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the listener of a stream, for one attempt at a time. Invariant: a piece of an attempt that was given up, or one after
 * the end, is dropped; after a listener threw, it gets no further piece. Thread-safe; the lock is uncontended but for a
 * cancellation.
 */
final class StreamNotifier {
    private final LlmStreamListener listener;
    private final ReentrantLock notifying = new ReentrantLock();
    private @Nullable Attempt source;
    private boolean notified;

    StreamNotifier(LlmStreamListener listener) {
        this.listener = listener;
    }

    /** From now on only pieces of {@code next} are passed on. */
    void attach(Attempt next) {
        exclusively(() -> source = next);
    }

    /** Written out, not by {@link #notify}: it runs for each piece of a stream. */
    void text(Attempt from, String piece) {
        notifying.lock();
        try {
            if (source == from) {
                notified = true;
                listener.onText(piece);
                from.exchange().heard();
            }
        } catch (RuntimeException | Error e) {
            source = null;
            throw e;
        } finally {
            notifying.unlock();
        }
    }

    void thinking(Attempt from, String piece) {
        notify(from, to -> to.onThinking(piece));
    }

    void toolCall(Attempt from, ToolExecutionRequest call) {
        notify(from, to -> to.onToolCall(call));
    }

    private void notify(Attempt from, Consumer<LlmStreamListener> call) {
        exclusively(() -> {
            if (source == from) {
                notified = true;
                call.accept(listener);
                from.exchange().heard();
            }
        });
    }

    /** Whether a piece was passed on since the start, or since the last restart. */
    boolean hasNotified() {
        notifying.lock();
        try {
            return notified;
        } finally {
            notifying.unlock();
        }
    }

    /** Whether the listener is busy just now. */
    boolean isNotifying() {
        return notifying.isLocked();
    }

    void restart(LlmAttempt broken) {
        exclusively(() -> {
            source = null;
            notified = false;
            listener.onRestart(broken);
        });
    }

    /** The last call of the listener. */
    void end(Consumer<LlmStreamListener> call) {
        exclusively(() -> {
            source = null;
            call.accept(listener);
        });
    }

    /** Drops what else comes of this attempt. Waits for the listener, should it be busy with a piece of it. */
    void detach(Attempt from) {
        exclusively(() -> source = source == from ? null : source);
    }

    private void exclusively(Runnable action) {
        notifying.lock();
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            source = null;
            throw e;
        } finally {
            notifying.unlock();
        }
    }
}
