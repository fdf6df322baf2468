package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what a listener hears, and whether it was told more than one end, or anything after it. */
class RecordingListener implements LlmStreamListener {
    final StringBuilder text = new StringBuilder();
    final StringBuilder thinking = new StringBuilder();
    final List<String> pieces = new CopyOnWriteArrayList<>();
    final List<ToolExecutionRequest> tools = new CopyOnWriteArrayList<>();
    final List<LlmAttempt> restarts = new CopyOnWriteArrayList<>();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicInteger afterEnd = new AtomicInteger();
    final CompletableFuture<LlmResponse> end = new CompletableFuture<>();

    @Override
    public void onText(String piece) {
        checkOpen();
        pieces.add(piece);
        text.append(piece);
    }

    @Override
    public void onThinking(String piece) {
        checkOpen();
        thinking.append(piece);
    }

    @Override
    public void onToolCall(ToolExecutionRequest call) {
        checkOpen();
        tools.add(call);
    }

    @Override
    public void onRestart(LlmAttempt broken) {
        checkOpen();
        restarts.add(broken);
        text.setLength(0);
    }

    @Override
    public void onDone(LlmResponse response) {
        ends.incrementAndGet();
        end.complete(response);
    }

    @Override
    public void onError(LlmException error) {
        ends.incrementAndGet();
        end.completeExceptionally(error);
    }

    private void checkOpen() {
        if (ends.get() > 0) {
            afterEnd.incrementAndGet();
        }
    }

    LlmResponse response() {
        try {
            return end.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no end was heard", e);
        }
    }

    LlmException error() {
        try {
            throw new AssertionError("an answer: " + end.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return failure(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no end was heard", e);
        }
    }

    private static LlmException failure(ExecutionException e) {
        if (e.getCause() instanceof LlmException failure) {
            return failure;
        }
        throw new AssertionError("not an LlmException", e);
    }
}
