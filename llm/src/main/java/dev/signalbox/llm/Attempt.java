package dev.signalbox.llm;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.llm.LlmException.Unavailable.Blame;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One try at one model, on a virtual thread of its own, so that it can be given up whatever the model does. It ends once:
 * what comes after that is not heard. Thread-safe.
 */
final class Attempt implements StreamingChatResponseHandler {
    private static final long UNHEARD = Long.MIN_VALUE;

    private final LlmModel model;
    private final ChatRequest request;
    private final Optional<Voice> voice;
    private final LongSupplier nanos;
    private final long begun;
    private final Exchange exchange;
    private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    /** Written by one event after the other, read after the end. */
    private final StringBuilder refusal = new StringBuilder();

    private volatile long firstToken = UNHEARD;
    private volatile @Nullable Thread thread;

    Attempt(LlmModel model, ChatRequest request, Optional<Voice> voice, LongSupplier nanos) {
        this.model = model;
        this.request = request;
        this.voice = voice;
        this.nanos = nanos;
        begun = nanos.getAsLong();
        exchange = new Exchange(nanos);
    }

    void start() {
        voice.ifPresent(it -> it.handOver(this));
        thread = Thread.ofVirtual()
                .name("llm-attempt")
                .start(() -> ScopedValue.where(Exchange.CURRENT, exchange).run(this::ask));
    }

    private void ask() {
        try {
            Optional<StreamingChatModel> streamed = model.dialect().streamed();
            Optional<ChatModel> whole = model.dialect().whole();
            if (streamed.isPresent() && (voice.isPresent() || whole.isEmpty())) {
                streamed.get().chat(request, this);
                if (exchange.isWatched()) {
                    onError(brokenOff());
                }
            } else {
                answer(whole.orElseThrow().chat(request));
            }
        } catch (RuntimeException | Error e) {
            onError(e);
        }
    }

    /** Whole: to who listens for pieces it comes as one. */
    private void answer(ChatResponse response) {
        String text = response.aiMessage().text();
        if (text != null && !text.isEmpty()) {
            onPartialResponse(text);
        }
        response.aiMessage().toolExecutionRequests().forEach(call -> voice.ifPresent(it -> it.toolCall(this, call)));
        complete(response);
    }

    @Override
    public void onPartialResponse(String piece) {
        heardToken();
        if (voice.isPresent()) {
            try {
                voice.get().text(this, piece);
            } catch (RuntimeException | Error e) {
                listenerFailed(e);
            }
        }
    }

    @Override
    public void onPartialThinking(PartialThinking piece) {
        heardToken();
        tell(it -> it.thinking(this, piece.text()));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        heardToken();
        tell(it -> it.toolCall(this, call.toolExecutionRequest()));
    }

    private void tell(Consumer<Voice> words) {
        try {
            voice.ifPresent(words);
        } catch (RuntimeException | Error e) {
            listenerFailed(e);
        }
    }

    private void listenerFailed(Throwable why) {
        end.completeExceptionally(new LlmException.Cancelled("the listener failed: " + why, why));
        exchange.cancel();
    }

    private void heardToken() {
        if (firstToken == UNHEARD) {
            firstToken = nanos.getAsLong();
        }
        if (!exchange.isWatched()) {
            exchange.hear();
        }
    }

    /** LangChain4j made nothing of an event: an error, a refusal, or mere bookkeeping. */
    @Override
    public void onUnmappedRawEvent(Object raw) {
        if (raw instanceof ServerSentEvent event) {
            RawAnswer.error(event.data()).ifPresent(error -> {
                onError(Failures.ofError(error, null));
                exchange.cancel();
            });
            RawAnswer.refusal(event.data()).ifPresent(refusal::append);
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        complete(response);
    }

    private void complete(ChatResponse response) {
        if (isWhole(response)) {
            end.complete(response);
        } else {
            onError(brokenOff());
        }
    }

    /** Our transport returns when the stream has ended: whoever was not told by then is not told any more. */
    private static LlmException brokenOff() {
        return new LlmException.Unavailable(
                "the stream broke off before its end", Optional.empty(), Blame.BROKEN, null);
    }

    /** A connection may end in order, and the answer not: then there is neither a reason for the end nor a sign of it. */
    private boolean isWhole(ChatResponse response) {
        return !exchange.isWatched()
                || response.finishReason() != null
                || exchange.hasEnded()
                || RawAnswer.of(exchange).isDone();
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    /** Ends it and cuts its connection; without effect on an attempt that has ended. */
    void giveUp(LlmException why) {
        end.completeExceptionally(why);
        exchange.cancel();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    CompletableFuture<ChatResponse> end() {
        return end;
    }

    Exchange exchange() {
        return exchange;
    }

    long begun() {
        return begun;
    }

    Optional<String> refusal() {
        return refusal.isEmpty() ? RawAnswer.of(exchange).refusal() : Optional.of(refusal.toString());
    }

    /** Nanoseconds from the start to the first sign of an answer; empty if it did not stream. */
    Optional<Long> toFirstToken() {
        boolean streamed = voice.isPresent() && firstToken != UNHEARD;
        return streamed ? Optional.of(firstToken - begun) : Optional.empty();
    }
}
