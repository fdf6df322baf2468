package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static dev.signalbox.server.node.RunningControlPlane.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.EnqueueInDoubtException;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.node.RunningControlPlane;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BulkIntakeTest {
    private static final String NDJSON = "application/x-ndjson";

    @TempDir
    private Path folder;

    @Test
    void invalidLinesNeverStopTheOthers() throws Exception {
        try (var server = new RunningControlPlane(folder)) {
            List<JsonNode> answer = server.bulk(NDJSON, """
                    {"to":"sms:+61491570006","body":"one","dedupeKey":"a"}
                    {"to":"sms:12","body":"two"}

                    {"to":
                    {"to":"sms:+61491570006","body":"one","dedupeKey":"a"}
                    {"to":"client:bob","body":"three"}""");

            assertThat(answer).hasSize(6);
            assertThat(answer.get(0).get("line").intValue()).isEqualTo(1);
            assertThat(answer.get(1).toString())
                    .isEqualTo("{\"line\":2,\"error\":{\"field\":\"to\",\"message\":\"'12' is not a phone number\"}}");
            assertThat(answer.get(2).get("line").intValue()).isEqualTo(4);
            assertThat(answer.get(2).get("error").get("message").stringValue()).startsWith("is not JSON: column ");
            assertThat(answer.get(3).get("duplicate").booleanValue()).isTrue();
            assertThat(answer.get(3).get("id")).isEqualTo(answer.get(0).get("id"));
            assertThat(answer.getLast().toString()).isEqualTo("{\"accepted\":2,\"duplicates\":1,\"refused\":2}");
        }
    }

    @Test
    void csvColumnsComeInAnyOrderWithMarkAndQuotes() throws Exception {
        try (var server = new RunningControlPlane(folder)) {
            List<JsonNode> answer = server.bulk("text/csv; charset=utf-8", "\uFEFF" + """
                    body,to,priority,max_attempts,expires_in\r
                    "Hello, ""you""
                    second line",client:alice within 5s > sms:+61491570006,3,,1h\r
                    plain,sms:+61491570007,,2,\r
                    """);

            assertThat(answer.getLast().toString()).isEqualTo("{\"accepted\":2,\"duplicates\":0,\"refused\":0}");
            JsonNode messages = json(server.get("/api/messages")).get("items");
            assertThat(messages.get(1).get("body").stringValue()).isEqualTo("Hello, \"you\"\nsecond line");
            assertThat(messages.get(1).get("reach").size()).isEqualTo(2);
            assertThat(messages.get(1).get("priority").intValue()).isEqualTo(3);
            assertThat(messages.get(0).get("maxAttempts").intValue()).isEqualTo(2);
        }
    }

    @Test
    void brokenCsvRowsAreToldWithTheirLineAndTheRestGoesOn() throws Exception {
        try (var server = new RunningControlPlane(folder)) {
            List<JsonNode> answer = server.bulk("text/csv", """
                    to,body
                    sms:+61491570006,fine
                    sms:+61491570006,"never closed
                    sms:+61491570006,fine too
                    sms:+61491570006,"closed" early
                    sms:+61491570006
                    ,no recipient
                    sms:+61491570006,the last
                    """);

            assertThat(answer)
                    .extracting(line -> line.has("error") ? line.get("line") + " " + message(line) : "")
                    .containsExactly(
                            "",
                            "3 text after the closing quote of a cell; double the quotes inside a cell",
                            "",
                            "5 text after the closing quote of a cell; double the quotes inside a cell",
                            "6 has 1 cells where the header has 2",
                            "7 is required: the recipient, such as sms:+61491570006",
                            "",
                            "");
            assertThat(answer.getLast().get("accepted").intValue()).isEqualTo(3);
        }
    }

    private static String message(JsonNode line) {
        return line.get("error").get("message").stringValue();
    }

    @Test
    void aCsvWithoutAUsableHeaderIsRefusedAsAWhole() throws Exception {
        try (var server = new RunningControlPlane(folder)) {
            var refused = server.post("text/csv", BodyPublishers.ofString("bdy,to,to\nx,y,z\n"));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(errors(refused))
                    .containsExactly(
                            "bdy: is not a known column (did you mean 'body'?)",
                            "to: is there twice",
                            "body: is a needed column");
            assertThat(errors(server.post("text/csv", BodyPublishers.ofString(""))))
                    .containsExactly("header: there is no header row");
        }
    }

    @Test
    void aLineThatIsTooLongOrNotUtf8IsRefusedAlone() throws Exception {
        var setup = RunningControlPlane.Setup.USUAL.withBounds(1024, 1 << 20);
        try (var server = new RunningControlPlane(folder, setup)) {
            String good = "{\"to\":\"" + SMS + "\",\"body\":\"x\"}\n";
            String tooLong = "{\"to\":\"" + SMS + "\",\"body\":\"" + "x".repeat(2000) + "\"}\n";
            byte[] body = (good + tooLong + "{\"to\":\"\u00ff\"}\n" + good).getBytes(StandardCharsets.ISO_8859_1);
            List<JsonNode> answer = lines(server.post(NDJSON, BodyPublishers.ofByteArray(body)));

            assertThat(message(answer.get(1))).isEqualTo("the line is longer than 1024 bytes");
            assertThat(message(answer.get(2))).isEqualTo("the line is not UTF-8");
            assertThat(answer.getLast().get("accepted").intValue()).isEqualTo(2);
        }
    }

    @Test
    void aRequestBeyondTheBoundSaysWhereItEnds() throws Exception {
        var setup = RunningControlPlane.Setup.USUAL.withBounds(1024, 4096);
        try (var server = new RunningControlPlane(folder, setup)) {
            byte[] body =
                    ("{\"to\":\"" + SMS + "\",\"body\":\"x\"}\n").repeat(200).getBytes(StandardCharsets.UTF_8);

            assertThat(server.post(NDJSON, BodyPublishers.ofByteArray(body)).statusCode())
                    .isEqualTo(413);
            var unannounced = BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body));
            JsonNode sums = lines(server.post(NDJSON, unannounced)).getLast();
            assertThat(sums.get("accepted").intValue()).isBetween(80, 110);
            assertThat(sums.get("incomplete").stringValue())
                    .isEqualTo(
                            "the request is longer than 4096 bytes; later lines were not read. Send them in another request");
        }
    }

    @Test
    void aQueueThatFailsMidwayRefusesItsBatchAndSaysSo() throws Exception {
        try (var server = server(queue -> new BreakingQueue(queue, 2))) {
            List<JsonNode> answer = server.bulk(NDJSON, ("{\"to\":\"" + SMS + "\",\"body\":\"x\"}\n").repeat(2000));

            assertThat(answer).hasSize(1501);
            assertThat(answer.getLast().get("accepted").intValue()).isEqualTo(1000);
            assertThat(answer.getLast().get("refused").intValue()).isEqualTo(500);
            assertThat(answer.getLast().get("incomplete").stringValue())
                    .startsWith("the database could not store this batch");
        }
    }

    @Test
    void aBatchWhoseCommitIsCutIsToldAsDoubtWithTheIdsToSendAgain() throws Exception {
        try (var server = server(DoubtfulQueue::new)) {
            List<JsonNode> answer = server.bulk(NDJSON, ("{\"to\":\"" + SMS + "\",\"body\":\"x\"}\n").repeat(600));

            assertThat(answer).hasSize(501);
            JsonNode first = answer.getFirst();
            assertThat(first.get("inDoubt").booleanValue()).isTrue();
            assertThat(message(first))
                    .startsWith("may or may not be in the queue as "
                            + first.get("id").stringValue());
            assertThat(answer.getLast().get("inDoubt").intValue()).isEqualTo(500);
            assertThat(answer.getLast().get("refused").intValue()).isZero();
            assertThat(answer.getLast().get("incomplete").stringValue()).contains("which is safe");

            var one = server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"x\"}");
            assertThat(one.statusCode()).isEqualTo(503);
            assertThat(json(one).get("inDoubt").booleanValue()).isTrue();
            assertThat(json(one).get("detail").stringValue())
                    .contains(json(one).get("id").stringValue(), "is safe");
        }
    }

    /** Its database is cut off before it confirms. */
    private static final class DoubtfulQueue extends ForwardingQueue {
        private DoubtfulQueue(DeliveryQueue behind) {
            super(behind);
        }

        @Override
        public Receipt enqueue(Reach reach) {
            return enqueueAll(List.of(reach)).getFirst();
        }

        @Override
        public List<Receipt> enqueueAll(List<Reach> reaches) {
            throw new EnqueueInDoubtException(
                    reaches.stream().map(Reach::id).toList(), new IllegalStateException("cut, as the test wants it"));
        }
    }

    @Test
    void aServerThatStopsAnswersForWhatItTookAndTellsTheRest() throws Exception {
        var lines = new AtomicInteger();
        BulkSource endless = () -> Optional.of(new BulkSource.Entry.Good(
                lines.incrementAndGet(), Reach.to(SMS).body("x").build()));
        var answer = new ByteArrayOutputStream();
        try (var database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("q.db")))) {
            var queue = DeliveryQueue.on(database);
            long accepted =
                    new BulkIntake(queue, answer, UnaryOperator.identity(), () -> lines.get() >= 700).take(endless);

            assertThat(accepted).isEqualTo(700);
            assertThat(queue.counts().byState()).containsEntry(MessageState.PENDING, 700L);
        }
        List<String> told = answer.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(told).hasSize(701);
        assertThat(told.getLast())
                .contains("\"accepted\":700", "the server is stopping; lines after line 700 were not taken");
    }

    @Test
    void aDrainEndsBulkRequestsUntilTheNodeTakesWorkAgain() {
        var bulks = new BulkRequests();
        assertThat(bulks.drain(Duration.ofMinutes(1))).isZero();
        assertThat(bulks.isStopping()).isTrue();
        bulks.resume();
        assertThat(bulks.isStopping()).isFalse();
    }

    /** 100 MB pass through; what the server holds of them must stay a fraction. */
    @Test
    void aLongStreamTakesBoundedMemory() throws Exception {
        var watch = new AtomicReference<ForgetfulQueue>();
        try (var server = server(queue -> watched(watch, new ForgetfulQueue(queue)))) {
            byte[] line = ("{\"to\":\"" + SMS + "\",\"body\":\"" + "x".repeat(2000) + "\"}\n")
                    .getBytes(StandardCharsets.UTF_8);
            var request = server.request("/api/messages").header("Content-Type", NDJSON);
            var response = server.send(request.POST(BodyPublishers.ofInputStream(() -> repeated(line, 50_000))));

            assertThat(response.body().lines().count()).isEqualTo(50_001);
            assertThat(response.body()).endsWith("{\"accepted\":50000,\"duplicates\":0,\"refused\":0}\n");
            assertThat(watch.get().largestBatch).isEqualTo(500);
            assertThat(watch.get().growth()).isLessThan(24L << 20);
        }
    }

    private static InputStream repeated(byte[] line, int times) {
        return new SequenceInputStream(Collections.enumeration(IntStream.range(0, times)
                .mapToObj(i -> (InputStream) new java.io.ByteArrayInputStream(line))
                .toList()));
    }

    /** A client that sends all it has before it reads anything, as most do, with an answer larger than all buffers. */
    @Test
    void aClientThatReadsOnlyAfterwardsIsNotStuck() throws Exception {
        try (var server = server(ForgetfulQueue::new);
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.controlPlane.port())) {
            socket.setSoTimeout(60_000);
            byte[] body =
                    ("{\"to\":\"" + SMS + "\",\"body\":\"x\"}\n").repeat(90_000).getBytes(StandardCharsets.UTF_8);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sender\r\nConnection: close\r\n"
                            + "Content-Type: application/x-ndjson\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .contains("{\"accepted\":90000,\"duplicates\":0,\"refused\":0}");
        }
    }

    private RunningControlPlane server(UnaryOperator<DeliveryQueue> bend) {
        return new RunningControlPlane(folder, RunningControlPlane.Setup.USUAL.withQueue(bend));
    }

    private static <T> T watched(AtomicReference<T> watch, T value) {
        watch.set(value);
        return value;
    }

    /** Takes everything, keeps nothing, and looks at the heap now and then. */
    private static final class ForgetfulQueue extends ForwardingQueue {
        private final List<Long> retained = new ArrayList<>();
        private int largestBatch;
        private int batches;

        private ForgetfulQueue(DeliveryQueue behind) {
            super(behind);
        }

        @Override
        public synchronized List<Receipt> enqueueAll(List<Reach> reaches) {
            largestBatch = Math.max(largestBatch, reaches.size());
            if (batches++ % 30 == 0) {
                retained.add(live());
            }
            return reaches.stream().map(reach -> new Receipt(reach.id(), false)).toList();
        }

        private static long live() {
            System.gc();
            var runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        }

        private synchronized long growth() {
            return retained.getLast() - retained.getFirst();
        }
    }

    /** Fails after so many batches. */
    private static final class BreakingQueue extends ForwardingQueue {
        private int left;

        private BreakingQueue(DeliveryQueue behind, int batches) {
            super(behind);
            left = batches;
        }

        @Override
        public List<Receipt> enqueueAll(List<Reach> reaches) {
            if (left-- == 0) {
                throw new DeliveryQueueException("the disk is full", new IllegalStateException());
            }
            return super.enqueueAll(reaches);
        }
    }
}
