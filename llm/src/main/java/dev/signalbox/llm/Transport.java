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
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LangChain4j's way to the network, on the JDK's client. It keeps the headers of a refusal, knows a stream that broke from
 * one that ended, can be cut, and blocks the socket while the listener of a stream is busy. Thread-safe.
 *
 * <p>Time limits are the caller's, who cuts the {@link Exchange}: the JDK's own end with the headers.
 */
final class Transport implements HttpClient {
    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    /** The largest answer that does not stream, and the largest stream. */
    private static final long LARGEST = 64L * 1024 * 1024;

    /**
     * How long a connection may take to end in order after the answer has, to be used again; then it is cut. Without the bound
     * a provider that keeps it open would hold a connection and a thread for each answer.
     */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final StreamFormat format;
    private final java.net.http.HttpClient client;

    private Transport(StreamFormat format, java.net.http.HttpClient client) {
        this.format = format;
        this.client = client;
    }

    static HttpClientBuilder builder(StreamFormat format, java.net.http.HttpClient client) {
        return new Builder(format, client);
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        Exchange exchange = exchange(request);
        var sent = client.sendAsync(
                jdk(request, exchange), BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST));
        exchange.connected(() -> sent.cancel(true));
        var response = await(sent);
        if (!isGood(response.statusCode())) {
            throw new RefusedException(response.statusCode(), response.body(), response.headers());
        }
        RawAnswer.check(response.body(), format);
        exchange.keep(response.body());
        exchange.end();
        return SuccessfulHttpResponse.builder()
                .statusCode(response.statusCode())
                .headers(response.headers().map())
                .body(response.body())
                .build();
    }

    private static Exchange exchange(HttpRequest request) {
        Exchange exchange = Exchange.CURRENT.orElseThrow(
                () -> new IllegalStateException("the models of this library are only asked through LlmClient"));
        exchange.watch(Secrets.of(request));
        return exchange;
    }

    private static <T> T await(CompletableFuture<T> sent) {
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
        Exchange exchange = exchange(request);
        BodyHandler<Void> handler =
                info -> isGood(info.statusCode()) ? events(info, exchange, listener) : refused(info);
        var sent = client.sendAsync(jdk(request, exchange), BodyHandlers.limiting(handler, LARGEST));
        exchange.connected(() -> sent.cancel(true));
        try {
            await(CompletableFuture.anyOf(exchange.whenOver(), sent));
            linger(sent);
        } catch (RuntimeException e) {
            listener.onError(e);
        }
    }

    /** What happens to a connection after its answer does not matter to the answer. */
    private static void linger(CompletableFuture<HttpResponse<Void>> sent) {
        try {
            sent.get(LINGER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            LOG.debug("a connection did not end in order after its answer", e);
            sent.cancel(true);
        }
    }

    private BodySubscriber<Void> events(ResponseInfo info, Exchange exchange, ServerSentEventListener listener) {
        String type = info.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
        boolean json = type.startsWith("application/json");
        if (format == StreamFormat.SSE && (type.startsWith("text/html") || json)) {
            return BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                throw new UnreadableException("a stream was asked for, but the answer is " + type, body, !json);
            });
        }
        listener.onOpen(SuccessfulHttpResponse.builder()
                .statusCode(info.statusCode())
                .headers(info.headers().map())
                .build());
        return new StreamSubscriber(format, exchange, listener);
    }

    private static BodySubscriber<Void> refused(ResponseInfo info) {
        return BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
            throw new RefusedException(info.statusCode(), body, info.headers());
        });
    }

    private static boolean isGood(int status) {
        return status >= 200 && status < 300;
    }

    /** HTTP/2 only with TLS: the offer to change over, which the JDK sends in clear text, upsets some servers. */
    private static java.net.http.HttpRequest jdk(HttpRequest request, Exchange exchange) {
        URI uri = URI.create(request.url());
        var jdk = java.net.http.HttpRequest.newBuilder(uri)
                .version("https".equalsIgnoreCase(uri.getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1)
                .method(request.method().name(), new SentBody(body(request), exchange));
        request.headers().forEach((name, values) -> values.forEach(value -> LlmHttp.header(jdk, name, value)));
        return jdk.build();
    }

    private static BodyPublisher body(HttpRequest request) {
        return request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body());
    }

    /** Tells the exchange when the JDK asks for the body: not before the connection stands, and TLS with it. */
    private record SentBody(BodyPublisher body, Exchange exchange) implements BodyPublisher {
        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            exchange.sent();
            body.subscribe(subscriber);
        }
    }

    /** What LangChain4j's models are built with; their wishes for timeouts are noted and not needed. */
    private static final class Builder implements HttpClientBuilder {
        private final StreamFormat format;
        private final java.net.http.HttpClient client;
        private Duration connect = LlmHttp.CONNECT_TIMEOUT;
        private Duration read = LlmHttp.CONNECT_TIMEOUT;

        Builder(StreamFormat format, java.net.http.HttpClient client) {
            this.format = format;
            this.client = client;
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
            return new Transport(format, client);
        }
    }
}
