package dev.signalbox.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Hands the events of a body to LangChain4j, on the thread that read it. The next bytes are asked for when those are dealt
 * with: a slow listener slows the provider down.
 *
 * <p>OpenAI's {@code [DONE]} and Ollama's {@code done} end the answer at once, whatever the connection does after it; without
 * them, the end of the body does, and the attempt decides whether the answer was whole.
 */
final class StreamSubscriber implements BodySubscriber<Void>, EventParser.Sink, ServerSentEventParsingHandle {
    private static final String DONE = "[DONE]";

    private final StreamFormat format;
    private final Exchange exchange;
    private final ServerSentEventListener listener;
    private final ServerSentEventContext context = new ServerSentEventContext(this);
    private final EventParser parser;
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private @Nullable Subscription subscription;
    private boolean over;
    private volatile boolean cancelled;

    StreamSubscriber(StreamFormat format, Exchange exchange, ServerSentEventListener listener) {
        this.format = format;
        this.exchange = exchange;
        this.listener = listener;
        parser = new EventParser(format, this);
    }

    @Override
    public CompletionStage<Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        exchange.heard();
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        exchange.heard();
        try {
            for (ByteBuffer part : parts) {
                parser.take(part);
            }
            more();
        } catch (IOException | RuntimeException | Error e) {
            cancel();
            onError(e);
        }
    }

    private void more() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void event(@Nullable String name, String data) throws IOException {
        if (over) {
            return;
        }
        if (data.equals(DONE)) {
            exchange.end();
            close();
            return;
        }
        exchange.keep(data);
        Optional<JsonNode> error = data.startsWith("{\"error\"") ? RawAnswer.error(data) : Optional.empty();
        if (error.isPresent()) {
            throw Failures.ofError(error.get(), null);
        }
        if (format == StreamFormat.SSE) {
            listener.onEvent(new ServerSentEvent(name, withoutToolCalls(data)), context);
        } else {
            line(data);
        }
    }

    /** LangChain4j may ask whether the answer is whole as soon as it sees the last line, so it is marked before. */
    private void line(String data) throws IOException {
        boolean last = RawAnswer.isDone(data);
        exchange.toolCalls().note(data);
        if (last) {
            exchange.end();
        }
        listener.onEvent(new ServerSentEvent(null, data), context);
        if (last) {
            close();
        }
    }

    private String withoutToolCalls(String data) throws IOException {
        String rest = exchange.toolCalls().take(data);
        if (!rest.equals(data)) {
            exchange.token();
        }
        return rest;
    }

    private void close() {
        if (!over) {
            over = true;
            listener.onClose();
            exchange.over();
        }
    }

    @Override
    public void onError(Throwable failure) {
        over = true;
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        try {
            parser.end();
            close();
            body.complete(null);
        } catch (IOException | RuntimeException | Error e) {
            onError(e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }
}
