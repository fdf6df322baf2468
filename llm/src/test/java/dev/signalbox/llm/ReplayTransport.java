package dev.signalbox.llm;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow.Subscription;

/** A transport that has no network: it feeds the bytes of a stream in the parts it is told to. */
final class ReplayTransport implements HttpClient, HttpClientBuilder {
    private static final Subscription NO_DEMAND = new Subscription() {
        @Override
        public void request(long more) {}

        @Override
        public void cancel() {}
    };

    private final StreamFormat format;
    private byte[] bytes = {};
    private List<Integer> cuts = List.of();

    ReplayTransport(StreamFormat format) {
        this.format = format;
    }

    void feed(byte[] all, Integer... at) {
        bytes = all;
        cuts = List.of(at);
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        Exchange exchange = Exchange.CURRENT.get();
        exchange.watch(Secrets.NONE);
        exchange.sent();
        var subscriber = new StreamSubscriber(format, exchange, listener);
        listener.onOpen(SuccessfulHttpResponse.builder()
                .statusCode(200)
                .headers(Map.of())
                .build());
        subscriber.onSubscribe(NO_DEMAND);
        int from = 0;
        for (int cut : cuts) {
            subscriber.onNext(List.of(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, cut))));
            from = cut;
        }
        subscriber.onNext(List.of(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, bytes.length))));
        subscriber.onComplete();
        subscriber.getBody().whenComplete((nothing, failure) -> {
            if (failure != null) {
                listener.onError(failure);
            }
        });
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        throw new UnsupportedOperationException("only streams are replayed");
    }

    @Override
    public HttpClient build() {
        return this;
    }

    @Override
    public Duration connectTimeout() {
        return Duration.ZERO;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration value) {
        return this;
    }

    @Override
    public Duration readTimeout() {
        return Duration.ZERO;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration value) {
        return this;
    }
}
