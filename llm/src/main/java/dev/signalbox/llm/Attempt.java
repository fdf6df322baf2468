package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.signalbox.llm.LlmException.Unavailable.Stage;
import java.util.List;
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
    private final LlmModel model;
    private final LlmAttempt.Kind kind;
    private final ChatRequest request;
    private final Optional<StreamNotifier> notifier;
    private final long begun;
    private final Exchange exchange;
    private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    /** Written by one event after the other, read after the end. */
    private final StringBuilder refusal = new StringBuilder();

    private volatile @Nullable Thread thread;

    Attempt(
            LlmModel model,
            LlmAttempt.Kind kind,
            ChatRequest request,
            Optional<StreamNotifier> notifier,
            LongSupplier nanos) {
        this.model = model;
        this.kind = kind;
        this.request = request;
        this.notifier = notifier;
        begun = nanos.getAsLong();
        exchange = new Exchange(nanos);
    }

    void start() {
        notifier.ifPresent(it -> it.attach(this));
        thread = Thread.ofVirtual()
                .name("llm-attempt")
                .start(() -> ScopedValue.where(Exchange.CURRENT, exchange).run(this::ask));
    }

    private void ask() {
        try {
            Optional<StreamingChatModel> streamed = model.provider().streamed();
            Optional<ChatModel> whole = model.provider().whole();
            if (streamed.isPresent() && (notifier.isPresent() || whole.isEmpty())) {
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
        response.aiMessage().toolExecutionRequests().forEach(call -> notifier.ifPresent(it -> it.toolCall(this, call)));
        complete(response);
    }

    @Override
    public void onPartialResponse(String piece) {
        token();
        if (notifier.isPresent()) {
            try {
                notifier.get().text(this, piece);
            } catch (RuntimeException | Error e) {
                listenerFailed(e);
            }
        }
    }

    @Override
    public void onPartialThinking(PartialThinking piece) {
        token();
        tell(it -> it.thinking(this, piece.text()));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        token();
        if (exchange.toolCalls().isEmpty()) {
            tell(it -> it.toolCall(this, call.toolExecutionRequest()));
        }
    }

    private void tell(Consumer<StreamNotifier> words) {
        try {
            notifier.ifPresent(words);
        } catch (RuntimeException | Error e) {
            listenerFailed(e);
        }
    }

    private void listenerFailed(Throwable why) {
        giveUp(listenerFailure(why));
    }

    static LlmException listenerFailure(Throwable why) {
        return new LlmException.Cancelled("the listener failed: " + why, why);
    }

    private void token() {
        exchange.token();
        if (!exchange.isWatched()) {
            exchange.heard();
        }
    }

    /** LangChain4j made nothing of an event: an error, a refusal, or mere bookkeeping. */
    @Override
    public void onUnmappedRawEvent(Object raw) {
        if (raw instanceof ServerSentEvent event) {
            RawAnswer.error(event.data()).ifPresent(error -> onError(Failures.ofError(error, null)));
            RawAnswer.refusal(event.data()).ifPresent(piece -> {
                exchange.token();
                refusal.append(piece);
            });
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        complete(withToolCalls(response));
    }

    /** The assembler's, which go before LangChain4j's. */
    private ChatResponse withToolCalls(ChatResponse response) {
        if (exchange.toolCalls().isEmpty() || !isWhole(response)) {
            return response;
        }
        List<ToolExecutionRequest> calls = exchange.toolCalls().calls();
        calls.forEach(call -> tell(it -> it.toolCall(this, call)));
        AiMessage message =
                response.aiMessage().toBuilder().toolExecutionRequests(calls).build();
        return ChatResponse.builder()
                .aiMessage(message)
                .metadata(response.metadata())
                .build();
    }

    private void complete(ChatResponse response) {
        if (!isWhole(response)) {
            onError(brokenOff());
        } else if (isEmpty(response)) {
            onError(new LlmException.Unavailable(
                    "the provider ended its answer and had not said anything", Optional.empty(), Stage.DECLINED, null));
        } else {
            end.complete(response);
        }
    }

    /** Our transport returns when the answer has ended: a stream that is not complete by then never will be. */
    private static LlmException brokenOff() {
        return new LlmException.Unavailable(
                "the stream broke off before its end", Optional.empty(), Stage.BROKEN, null);
    }

    /** A connection may end in order, and the answer not: then there is neither a reason for the end nor a sign of it. */
    private boolean isWhole(ChatResponse response) {
        return !exchange.isWatched() || response.finishReason() != null || exchange.hasEnded();
    }

    /** Neither a word nor a reason for there being none. */
    private boolean isEmpty(ChatResponse response) {
        AiMessage message = response.aiMessage();
        return exchange.isWatched()
                && response.finishReason() == null
                && (message.text() == null || message.text().isEmpty())
                && message.thinking() == null
                && !message.hasToolExecutionRequests()
                && refusal().isEmpty();
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
        exchange.over();
    }

    /** Ends it and cuts its connection; without effect on an attempt that has ended. */
    void giveUp(LlmException why) {
        end.completeExceptionally(why);
        if (exchange.isOver()) {
            return; // Race: the connection may be in the pool and serve the next attempt, which a cut would break.
        }
        exchange.cancel();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    LlmModel model() {
        return model;
    }

    LlmAttempt.Kind kind() {
        return kind;
    }

    /** Whether the provider certainly got nothing; of a plugged model nobody knows. */
    boolean isUnsent() {
        return !model.isPlugged() && !exchange.isSent();
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
        boolean streamed = notifier.isPresent() && exchange.hasToken();
        return streamed ? Optional.of(exchange.firstToken() - begun) : Optional.empty();
    }
}
