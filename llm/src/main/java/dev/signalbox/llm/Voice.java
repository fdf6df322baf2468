package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to a listener for one attempt at a time, so that a late word of an attempt given up, or one after the end, is never
 * heard. Thread-safe; the lock is uncontended but for a cancellation.
 */
final class Voice {
    private final LlmStreamListener listener;
    private final ReentrantLock speaking = new ReentrantLock();
    private @Nullable Attempt speaker;
    private boolean spoke;

    Voice(LlmStreamListener listener) {
        this.listener = listener;
    }

    /** From now on only {@code next} is heard. */
    void handOver(Attempt next) {
        exclusively(() -> speaker = next);
    }

    void text(Attempt from, String piece) {
        speaking.lock();
        try {
            if (speaker == from) {
                spoke = true;
                listener.onText(piece);
                from.exchange().hear();
            }
        } catch (RuntimeException | Error e) {
            speaker = null; // Who failed at a word is not told another.
            throw e;
        } finally {
            speaking.unlock();
        }
    }

    void thinking(Attempt from, String piece) {
        speak(from, heard -> heard.onThinking(piece));
    }

    void toolCall(Attempt from, ToolExecutionRequest call) {
        speak(from, heard -> heard.onToolCall(call));
    }

    private void speak(Attempt from, Consumer<LlmStreamListener> words) {
        exclusively(() -> {
            if (speaker == from) {
                spoke = true;
                words.accept(listener);
                from.exchange().hear();
            }
        });
    }

    /** Whether somebody was heard since the start, or since the last restart. */
    boolean hasSpoken() {
        speaking.lock();
        try {
            return spoke;
        } finally {
            speaking.unlock();
        }
    }

    /** Whether the listener is busy just now. */
    boolean isSpeaking() {
        return speaking.isLocked();
    }

    void restart(LlmAttempt broken) {
        exclusively(() -> {
            speaker = null;
            spoke = false;
            listener.onRestart(broken);
        });
    }

    /** The last words. */
    void end(Consumer<LlmStreamListener> words) {
        exclusively(() -> {
            speaker = null;
            words.accept(listener);
        });
    }

    /** This attempt is heard no more. Waits for the listener, should it be busy with the attempt's last word. */
    void hush(Attempt from) {
        exclusively(() -> speaker = speaker == from ? null : speaker);
    }

    private void exclusively(Runnable action) {
        speaking.lock();
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            speaker = null;
            throw e;
        } finally {
            speaking.unlock();
        }
    }
}
