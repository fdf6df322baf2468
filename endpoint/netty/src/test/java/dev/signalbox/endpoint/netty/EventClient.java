package dev.signalbox.endpoint.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/** A client over HTTP: a stream of server-sent events on a socket of its own, and POST requests. */
final class EventClient extends ProtocolClient {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI url;
    private final Socket socket;
    private final CompletableFuture<String> secret;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition mayRead = lock.newCondition();
    private boolean reading = true;
    private volatile String lastEventId = "";

    /** {@code endpoint} is where it takes WebSocket clients. */
    static EventClient connect(URI endpoint, Optional<String> token) {
        URI url = URI.create("http://127.0.0.1:" + endpoint.getPort() + "/events");
        return new EventClient(url, token, Optional.empty(), new CompletableFuture<>(), "?ping=json");
    }

    EventClient(
            URI url, Optional<String> token, Optional<String> after, CompletableFuture<String> secret, String query) {
        this.url = url;
        this.secret = secret;
        after.ifPresent(id -> lastEventId = id);
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
            StringBuilder request = new StringBuilder("GET " + url.getPath() + query + " HTTP/1.1\r\nHost: here\r\n");
            token.ifPresent(value -> request.append("Authorization: Bearer " + value + "\r\n"));
            after.ifPresent(id -> request.append("Last-Event-ID: " + id + "\r\n"));
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            Thread.ofPlatform().daemon().name("event-client").start(() -> readAll(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks the stream, if it has not broken, and goes on from the last event that was seen. */
    EventClient comeBack() {
        abort();
        try {
            end.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the stream did not end", e);
        }
        return new EventClient(url, Optional.empty(), Optional.of(lastEventId), secret, "?ping=json");
    }

    /** The same with a token, in case that it is too late; then there is another secret. */
    EventClient comeBackAs(String token) {
        abort();
        return guessing(lastEventId, token);
    }

    /** Another client, which claims to have seen an event. */
    EventClient guessing(String eventId, String token) {
        return new EventClient(url, Optional.of(token), Optional.of(eventId), new CompletableFuture<>(), "?ping=json");
    }

    String lastEventId() {
        return lastEventId;
    }

    private void readAll(BufferedReader in) {
        try (socket) {
            String line = in.readLine();
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            readEvents(in);
        } catch (IOException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end.complete(null);
        }
    }

    /** As the standard has it: what is not followed by an empty line is not an event. */
    private void readEvents(BufferedReader in) throws IOException, InterruptedException {
        List<String> data = new ArrayList<>();
        String id = lastEventId;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.isEmpty()) {
                lastEventId = id;
                data.forEach(this::frame);
                data.clear();
                awaitReading();
            }
        }
    }

    private void awaitReading() throws InterruptedException {
        lock.lock();
        try {
            while (!reading) {
                mayRead.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void opened(JsonNode frame) {
        secret.complete(frame.get("secret").asString());
    }

    @Override
    void write(String text) {
        post(text);
    }

    /** The status; 0 if there is none. */
    int post(String body) {
        return send("POST", HttpRequest.BodyPublishers.ofString(body));
    }

    private int send(String method, HttpRequest.BodyPublisher body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Authorization", "Bearer " + secret.get(10, TimeUnit.SECONDS))
                    .timeout(Duration.ofSeconds(20))
                    .method(method, body)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            // The server may have hung up meanwhile; the test sees that in the events.
            failed(e);
            return 0;
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Override
    public void stopReading() {
        setReading(false);
    }

    @Override
    public void startReading() {
        setReading(true);
    }

    private void setReading(boolean changed) {
        lock.lock();
        try {
            reading = changed;
            mayRead.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void abort() {
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    @Override
    public void close() {
        startReading();
        if (!socket.isClosed() && secret.isDone()) {
            send("DELETE", HttpRequest.BodyPublishers.noBody());
        }
        abort();
    }
}
