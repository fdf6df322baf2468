package dev.signalbox.server.clients;

import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;

/** Frames over HTTP: server-sent events from the server, POST requests to it. */
final class EventTransport implements ClientTransport {
    private static final String DATA = "data: ";

    private final HttpClient http;
    private final URI url;
    private final Listener listener;
    private final CompletableFuture<String> secret = new CompletableFuture<>();
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean closing;

    private EventTransport(HttpClient http, URI url, Listener listener) {
        this.http = http;
        this.url = url;
        this.listener = listener;
    }

    static ClientTransport open(URI url, Secret token, Listener listener) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Authorization", "Bearer " + token.value())
                .header("Accept", "text/event-stream")
                .build();
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                answer.body().close();
                throw new IOException("it answered " + answer.statusCode());
            }
            EventTransport transport = new EventTransport(http, url, listener);
            Thread.ofVirtual().name("connect").start(() -> transport.readAll(answer.body()));
            return transport;
        } catch (IOException e) {
            throw ClientTransport.unreachable(url, FailureText.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ClientTransport.unreachable(url, "interrupted", e);
        }
    }

    /** An event ends with an empty line; what comes before that may still be without its end. */
    private void readAll(InputStream stream) {
        List<String> frames = new ArrayList<>();
        try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(DATA)) {
                    frames.add(line.substring(DATA.length()));
                } else if (line.isEmpty()) {
                    frames.forEach(this::frame);
                    frames.clear();
                }
            }
            listener.failed("the server ended the stream");
        } catch (IOException | UncheckedIOException e) {
            if (!closing) {
                listener.failed("the stream broke: " + FailureText.of(e));
            }
        }
    }

    private void frame(String json) {
        if (!secret.isDone()) {
            secret.complete(secret(json));
        }
        listener.frame(json);
    }

    /** Empty if this is not how a stream begins; then the server takes nothing either. */
    private static String secret(String json) {
        try {
            return RestClient.JSON.readTree(json).path("secret").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    @Override
    public void write(String json) {
        send("POST", HttpRequest.BodyPublishers.ofString(json));
    }

    /** One at a time, so that they arrive in order. */
    private void send(String method, HttpRequest.BodyPublisher body) {
        writing.lock();
        try {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Authorization", "Bearer " + secret.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .timeout(PATIENCE.multipliedBy(6))
                    .method(method, body)
                    .build();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 204) {
                listener.failed("the server answered " + status);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            listener.failed("the server did not take it: " + FailureText.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            send("DELETE", HttpRequest.BodyPublishers.noBody());
            http.shutdownNow();
        }
    }
}
