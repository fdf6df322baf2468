package dev.signalbox.llm;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Hands the events of a body to LangChain4j, on the thread that read it. The next bytes are asked for when those are dealt
 * with: a slow listener slows the provider down.
 *
 * <p>OpenAI's {@code [DONE]} ends the answer at once, whatever the connection does after it; without it, the end of the body
 * does, and whoever is told decides whether the answer was whole.
 */
final class StreamSubscriber implements BodySubscriber<Void>, Framer.Sink, ServerSentEventParsingHandle {
    private static final String DONE = "[DONE]";

    private final Exchange exchange;
    private final ServerSentEventListener listener;
    private final ServerSentEventContext context = new ServerSentEventContext(this);
    private final Framer framer;
    private final CompletableFuture<Void> body = new CompletableFuture<>();
    private @Nullable Subscription subscription;
    private boolean over;
    private volatile boolean cancelled;

    StreamSubscriber(Framing framing, Exchange exchange, ServerSentEventListener listener) {
        this.exchange = exchange;
        this.listener = listener;
        framer = new Framer(framing, this);
    }

    @Override
    public CompletionStage<Void> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        exchange.hear();
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        exchange.hear();
        try {
            for (ByteBuffer part : parts) {
                framer.take(part);
            }
            more();
        } catch (IOException | RuntimeException e) {
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
    public void event(@Nullable String name, String data) {
        if (over) {
            return;
        }
        if (data.equals(DONE)) {
            exchange.end();
            close();
        } else {
            exchange.keep(data);
            listener.onEvent(new ServerSentEvent(name, data), context);
        }
    }

    private void close() {
        if (!over) {
            over = true;
            listener.onClose();
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
            framer.end();
            close();
            body.complete(null);
        } catch (IOException | RuntimeException e) {
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
