package dev.signalbox.observatory;

import dev.signalbox.http.RetryAfter;
import dev.signalbox.observatory.Outcome.Accepted;
import dev.signalbox.observatory.Outcome.Later;
import dev.signalbox.observatory.Outcome.Refused;
import dev.signalbox.observatory.Outcome.Unacceptable;
import dev.signalbox.observatory.Outcome.Unauthorized;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/** Exports batches over HTTP and says what became of them. Redirects are not followed: they would lead around the allow-list. */
final class HttpExporter implements AutoCloseable {
    private final HttpClient client;
    private final ObservatoryOptions.Http options;
    private final Map<String, String> resource;
    private final InstantSource clock;
    private final Map<WireFormat, Encoder> encoders = new EnumMap<>(WireFormat.class);

    HttpExporter(ObservatoryOptions.Http options, Map<String, String> resource, Executor threads, InstantSource clock) {
        this.options = options;
        this.resource = resource;
        this.clock = clock;
        client = client(options, threads);
        for (var format : WireFormat.values()) {
            encoders.put(format, Encoder.of(format));
        }
    }

    private static HttpClient client(ObservatoryOptions.Http options, Executor threads) {
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(options.connectTimeout())
                    .executor(threads)
                    .build();
        } catch (UncheckedIOException e) {
            throw new ObservatoryException("the HTTP client does not start: " + e.getMessage(), e);
        }
    }

    /** @throws InterruptedException if interrupted; whether the destination took the batch is then unknown */
    Outcome export(Destination destination, Batch batch) throws InterruptedException {
        byte[] body;
        try {
            body = body(destination.format(), batch);
        } catch (RuntimeException e) {
            return new Unacceptable(0, "it cannot be encoded: " + e);
        }
        long start = System.nanoTime();
        var answer = client.sendAsync(request(destination, batch, body), info -> ResponseBody.subscriber());
        try {
            var response = answer.get(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
            return outcome(response, body.length, Duration.ofNanos(System.nanoTime() - start));
        } catch (TimeoutException e) {
            return new Later(Duration.ZERO, "no answer within " + options.timeout());
        } catch (ExecutionException e) {
            return new Later(Duration.ZERO, why(e.getCause() == null ? e : e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    private static String why(Throwable cause) {
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private HttpRequest request(Destination destination, Batch batch, byte[] body) {
        var request = HttpRequest.newBuilder(destination.endpoint())
                .header("Content-Type", destination.format().contentType())
                .header("Idempotency-Key", batch.id())
                .POST(BodyPublishers.ofByteArray(body));
        if (!destination.token().isEmpty()) {
            request.header("Authorization", "Bearer " + destination.token());
        }
        destination.headers().forEach(request::header);
        if (options.gzip()) {
            request.header("Content-Encoding", "gzip");
        }
        return request.build();
    }

    private byte[] body(WireFormat format, Batch batch) {
        var out = new Bytes();
        Optional.ofNullable(encoders.get(format)).orElseThrow().encode(batch.records(), resource, out);
        return options.gzip() ? zipped(out) : out.copy();
    }

    private static byte[] zipped(Bytes plain) {
        var out = new Bytes();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain.array(), 0, plain.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.copy();
    }

    private Outcome outcome(HttpResponse<ResponseBody> response, int bytes, Duration took) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Accepted(bytes, took, response.body().refused(contentType(response)));
        }
        String why = "HTTP " + status;
        return switch (status) {
            case 400, 413, 422 -> new Unacceptable(status, why);
            case 401, 403, 407 -> new Unauthorized(status, why);
            case 408, 425, 429 -> new Later(retryAfter(response), why);
            default -> status >= 500 ? new Later(retryAfter(response), why) : new Refused(status, why);
        };
    }

    private static String contentType(HttpResponse<ResponseBody> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    /** 0 if the destination asks for nothing. */
    private Duration retryAfter(HttpResponse<?> response) {
        return RetryAfter.of(response.headers()::firstValue, clock.instant()).orElse(Duration.ZERO);
    }

    /** Cuts what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
