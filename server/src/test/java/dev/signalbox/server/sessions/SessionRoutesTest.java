package dev.signalbox.server.sessions;

import static dev.signalbox.server.node.RunningControlPlane.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.node.RunningControlPlane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sessions over REST and server-sent events. */
class SessionRoutesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private RunningControlPlane server;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        server.close();
    }

    @Test
    void whatIsAppendedIsRead() throws Exception {
        long first = append("a%2Froom", "{\"move\": \"e4\"}");
        assertThat(append("a%2Froom", "[1, null, \"♞\"]")).isEqualTo(first + 1);

        JsonNode page = json(server.get("/api/sessions/a%2Froom/events"));

        assertThat(page.path("session").stringValue()).isEqualTo("a/room");
        assertThat(page.path("events").path(0).path("value").path("move").stringValue())
                .isEqualTo("e4");
        assertThat(page.path("events").path(1).path("value").toString()).isEqualTo("[1,null,\"♞\"]");
        assertThat(page.path("last").longValue()).isEqualTo(first + 1);
        assertThat(json(server.get("/api/sessions/a%2Froom/events?after=" + first))
                        .path("events"))
                .hasSize(1);
        assertThat(json(server.get("/api/sessions/a%2Froom/events?since=2020-01-01T00:00:00Z&limit=1"))
                        .path("events"))
                .hasSize(1);
    }

    @Test
    void linesAreEventsAndAWrongOneIsNamed() throws Exception {
        String lines = IntStream.range(0, 90).mapToObj(i -> "{\"n\":" + i + "}").collect(Collectors.joining("\n"));
        JsonNode answer = json(server.append("s", "application/x-ndjson", lines));
        assertThat(answer.path("appended").intValue()).isEqualTo(90);

        HttpResponse<String> wrong = server.append("t", "application/x-ndjson", "1\n2\n{\n4");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json(wrong).path("line").intValue()).isEqualTo(3);
        assertThat(json(wrong).path("appended").intValue()).isEqualTo(2);
        assertThat(json(server.get("/api/sessions/t/events")).path("events")).hasSize(2);
    }

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(server.append("a%20b", "application/json", "1").statusCode()).isEqualTo(400);
        assertThat(server.append("s", "text/plain", "1").statusCode()).isEqualTo(415);
        assertThat(server.append("s", "application/json", "{").statusCode()).isEqualTo(400);
        assertThat(server.append("s", "application/json", "\"" + "x".repeat(70_000) + "\"")
                        .body())
                .contains("65536");
        assertThat(server.get("/api/sessions/s/events?after=-1").statusCode()).isEqualTo(400);
        assertThat(server.get("/api/sessions/s/events?after=" + Long.MAX_VALUE).body())
                .contains("must be an event's id, or its offset: a whole number from 0 to 999999999999999999");
        assertThat(server.get("/api/sessions/s/events?after=999999999999999999").statusCode())
                .isEqualTo(200);
        assertThat(server.get("/api/sessions/s/events?since=%2B999999999-12-31T23:59:59Z")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.get("/api/sessions/s/events?after=x&since=y&lmit=3").body())
                .contains("after", "since", "limit");
        assertThat(server.send(server.request("/api/sessions/s/events")
                                .setHeader("Authorization", "Bearer reader")
                                .setHeader("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("1")))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aStreamFollowsAndResumes() throws Exception {
        long first = append("s", "1");
        Reader reader = follow("?after=0", "");
        await().until(() -> reader.lines().contains("data: " + event(first)));
        append("s", "{\"two\":2}");
        append("other", "3");
        String second = event(first + 1).path("id").stringValue();
        await().until(() -> reader.lines().contains("id: " + second));
        assertThat(second).startsWith((first + 1) + "-");
        assertThat(reader.lines()).noneMatch(line -> line.endsWith(",\"value\":3}"));

        append("s", "4");
        for (String lastSeen : List.of(second, Long.toString(first + 1))) {
            Reader resumed = follow("", lastSeen);
            await().until(() -> resumed.lines().contains("data: " + event(first + 2)));
            assertThat(resumed.lines()).doesNotContain("id: " + second);
        }
    }

    @Test
    void aStreamBeginsWithAnIdSoThatEventsBetweenTwoConnectionsAreNotLost() throws Exception {
        Reader early = follow("", "");
        await().until(() -> early.lines().contains("id: 0"));
        long first = append("s", "1");
        Reader reader = follow("", "");
        await().until(() ->
                reader.lines().contains("id: " + event(first).path("id").stringValue()));
    }

    /** Another event has the offset that the reader names: the store lost what it had seen. */
    @Test
    void aStreamThatResumesAfterALostEventTellsAGapThatGoesBack() throws Exception {
        long first = append("s", "1");
        append("s", "2");
        String lost = (first + 1) + "-" + "7".repeat(32);
        Reader reader = follow("", lost);
        await().until(() -> reader.lines().contains("data: " + event(first + 1)));
        assertThat(reader.lines())
                .containsSubsequence(
                        "event: gap",
                        "data: {\"expected\":" + (first + 2) + ",\"next\":" + first + "}",
                        "data: " + event(first));
    }

    @Test
    void aStreamTellsAGap() throws Exception {
        long first = append("s", "0");
        for (int i = 0; i < 150; i++) {
            append("s", Integer.toString(i));
        }
        Reader reader = follow("?after=" + first, "");
        await().until(() -> reader.lines().contains("data: " + event(first + 150)));
        assertThat(reader.lines())
                .containsSubsequence(
                        "id: " + (first + 50),
                        "event: gap",
                        "data: {\"expected\":" + (first + 1) + ",\"next\":" + (first + 51) + "}");
    }

    @Test
    void streamsAreBoundedAndTheirPlacesAreFreedWhenReadersLeave() throws Exception {
        for (int i = 0; i < 3; i++) {
            follow("", "");
        }
        HttpResponse<InputStream> refused = get("", "");
        assertThat(refused.statusCode()).isEqualTo(503);
        for (AutoCloseable reader : open) {
            reader.close();
        }
        await().until(() -> {
            append("s", "\"so that the server notices\"");
            return get("", "").statusCode() == 200;
        });
    }

    @Test
    void closingEndsStreams() throws Exception {
        Reader reader = follow("", "");
        server.controlPlane.close();
        await().until(reader::hasEnded);
    }

    private long append(String session, String event) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.append(session, "application/json", event);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).path("offset").longValue();
    }

    private JsonNode event(long offset) throws IOException, InterruptedException {
        return json(server.get("/api/sessions/s/events?after=" + (offset - 1) + "&limit=1"))
                .path("events")
                .path(0);
    }

    private HttpResponse<InputStream> get(String query, String lastId) throws IOException, InterruptedException {
        var request = server.request("/api/sessions/s/events" + query).header("Accept", "text/event-stream");
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        return HTTP.send(request.build(), BodyHandlers.ofInputStream());
    }

    private Reader follow(String query, String lastId) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = get(query, lastId);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        Reader reader = new Reader(answer.body());
        open.add(reader);
        await().until(() -> reader.lines().contains("retry: 1000"));
        return reader;
    }

    /** Collects a stream's lines. */
    private static final class Reader implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final InputStream in;
        private final Thread thread;

        Reader(InputStream in) {
            this.in = in;
            this.thread = Thread.startVirtualThread(this::read);
        }

        private void read() {
            try (var reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add("cut: " + e.getMessage());
            }
        }

        List<String> lines() {
            return lines;
        }

        boolean hasEnded() {
            return !thread.isAlive();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
