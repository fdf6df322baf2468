package dev.signalbox.llm;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * LangChain4j's way to the network, on the JDK's client. It keeps the headers of a refusal, knows a stream that broke from
 * one that ended, can be cut, and blocks the socket while the listener of a stream is busy. Thread-safe.
 *
 * <p>Time limits are the caller's, who cuts the {@link Exchange}: the JDK's own end with the headers.
 */
final class Transport implements HttpClient {
    /** The largest answer that does not stream, and the largest stream. */
    private static final long LARGEST = 64L * 1024 * 1024;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /**
     * One for the process: it holds a thread and the pool of connections. Its threads are daemons, so it needs no end. They
     * are the JDK's own pool: virtual ones, a new one for each read, cost a third more for each piece of a stream.
     */
    private static final java.net.http.HttpClient CLIENT = java.net.http.HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(Redirect.NEVER)
            .build();

    private final Framing framing;

    private Transport(Framing framing) {
        this.framing = framing;
    }

    static HttpClientBuilder builder(Framing framing) {
        return new Builder(framing);
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        Exchange exchange = exchange();
        var sent = CLIENT.sendAsync(
                jdk(request), BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST));
        exchange.connected(() -> sent.cancel(true));
        var response = await(sent);
        if (!isGood(response.statusCode())) {
            throw new RefusedException(
                    response.statusCode(), response.body(), response.headers().map());
        }
        exchange.keep(response.body());
        return SuccessfulHttpResponse.builder()
                .statusCode(response.statusCode())
                .headers(response.headers().map())
                .body(response.body())
                .build();
    }

    private static Exchange exchange() {
        Exchange exchange = Exchange.CURRENT.orElseThrow(
                () -> new IllegalStateException("the models of this library are only asked through LlmClient"));
        exchange.watch();
        return exchange;
    }

    private static <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> sent) {
        try {
            return sent.get();
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        } catch (ExecutionException | CancellationException e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Exception failure) {
        Throwable cause = failure.getCause();
        return switch (cause) {
            case RuntimeException it -> it;
            case IOException it -> new UncheckedIOException(it);
            case null, default -> new UncheckedIOException(new IOException("the request was cut", failure));
        };
    }

    /** Returns when the stream has ended: its thread is virtual, and the attempt's own. */
    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        Exchange exchange = exchange();
        BodyHandler<Void> handler =
                info -> isGood(info.statusCode()) ? events(info, exchange, listener) : refused(info);
        var sent = CLIENT.sendAsync(jdk(request), BodyHandlers.limiting(handler, LARGEST));
        exchange.connected(() -> sent.cancel(true));
        try {
            await(sent);
        } catch (RuntimeException e) {
            listener.onError(e);
        }
    }

    private BodySubscriber<Void> events(ResponseInfo info, Exchange exchange, ServerSentEventListener listener) {
        String type = info.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
        if (framing == Framing.EVENTS && (type.startsWith("text/html") || type.startsWith("application/json"))) {
            return BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                throw new UnreadableException("a stream was asked for, but the answer is " + type, body);
            });
        }
        listener.onOpen(SuccessfulHttpResponse.builder()
                .statusCode(info.statusCode())
                .headers(info.headers().map())
                .build());
        return new StreamSubscriber(framing, exchange, listener);
    }

    private static BodySubscriber<Void> refused(ResponseInfo info) {
        return BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
            throw new RefusedException(info.statusCode(), body, info.headers().map());
        });
    }

    private static boolean isGood(int status) {
        return status >= 200 && status < 300;
    }

    /** HTTP/2 only with TLS: the offer to change over, which the JDK sends in clear text, upsets some servers. */
    private static java.net.http.HttpRequest jdk(HttpRequest request) {
        URI uri = URI.create(request.url());
        var jdk = java.net.http.HttpRequest.newBuilder(uri)
                .version("https".equalsIgnoreCase(uri.getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1)
                .method(
                        request.method().name(),
                        request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body()));
        request.headers().forEach((name, values) -> values.forEach(value -> jdk.header(name, value)));
        return jdk.build();
    }

    /** What LangChain4j's models are built with; their wishes for timeouts are noted and not needed. */
    private static final class Builder implements HttpClientBuilder {
        private final Framing framing;
        private Duration connect = CONNECT;
        private Duration read = CONNECT;

        Builder(Framing framing) {
            this.framing = framing;
        }

        @Override
        public Duration connectTimeout() {
            return connect;
        }

        @Override
        public HttpClientBuilder connectTimeout(Duration value) {
            connect = value;
            return this;
        }

        @Override
        public Duration readTimeout() {
            return read;
        }

        @Override
        public HttpClientBuilder readTimeout(Duration value) {
            read = value;
            return this;
        }

        @Override
        public HttpClient build() {
            return new Transport(framing);
        }
    }
}
