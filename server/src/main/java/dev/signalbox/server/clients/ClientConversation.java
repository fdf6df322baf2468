package dev.signalbox.server.clients;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One connection to a server as a client, in the JSON frames of docs/protocol.md, over any transport. Thread-safe.
 *
 * <p>What was sent and not yet answered is bounded; {@link #send} waits at the bound, as long as answers come.
 */
final class ClientConversation implements AutoCloseable {
    private static final int UNANSWERED = 256;
    private static final int GOODBYE = 1000;
    private static final int UNAUTHENTICATED = 4401;
    private static final int LATE = 4408;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FramePrinter printer;
    private final boolean acknowledges;
    private final Semaphore unanswered = new Semaphore(UNANSWERED);
    private final AtomicLong frames = new AtomicLong();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final AtomicBoolean told = new AtomicBoolean();
    /** There as soon as the connection is; frames may come just before. */
    private final CompletableFuture<ClientTransport> transport = new CompletableFuture<>();

    private ClientConversation(FramePrinter printer, boolean acknowledges) {
        this.printer = printer;
        this.acknowledges = acknowledges;
    }

    static ClientConversation open(URI url, Secret token, FramePrinter printer, boolean acknowledges) {
        var conversation = new ClientConversation(printer, acknowledges);
        conversation.transport.complete(ClientTransport.open(url, token, conversation.new Frames()));
        return conversation;
    }

    void send(String to, String text) {
        awaitAnswers();
        var frame = RestClient.JSON
                .createObjectNode()
                .put("type", "send")
                .put("id", Long.toString(frames.incrementAndGet()))
                .put("to", to)
                .put("text", text);
        write(frame);
    }

    /** Subscribes to a topic, from now on. */
    void subscribe(String topic) {
        awaitAnswers();
        write(RestClient.JSON
                .createObjectNode()
                .put("type", "subscribe")
                .put("id", Long.toString(frames.incrementAndGet()))
                .put("topic", topic));
    }

    /** Over UDP, answers may be lost: if none comes for some time, those that are missing are given up. */
    private void awaitAnswers() {
        try {
            if (!unanswered.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                unanswered.release(UNANSWERED - 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(JsonNode frame) {
        transport.join().write(frame.toString());
    }

    /** Waits for the answers to what was sent, listens a little longer, and ends. */
    void finish(Duration linger) {
        try {
            if (!unanswered.tryAcquire(UNANSWERED, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                printer.note("the server did not answer all messages in time");
            }
            end.completeOnTimeout(ExitCode.OK, Math.max(1, linger.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end.complete(ExitCode.FAILED);
        }
    }

    void fail(String words) {
        end(ExitCode.FAILED, words);
    }

    /** The words come first: who waits for the end may end the process. Only the first reason is told. */
    private void end(int exitCode, String words) {
        if (!end.isDone() && told.compareAndSet(false, true)) {
            printer.note(words);
            end.complete(exitCode);
        }
    }

    /** Returns the command's exit code once the conversation is over. */
    int awaitEnd() {
        return end.join();
    }

    /** Says goodbye. Idempotent. */
    @Override
    public void close() {
        end.complete(ExitCode.OK);
        transport.join().close();
    }

    private void take(String text) {
        try {
            var frame = RestClient.JSON.readTree(text);
            printer.frame(frame);
            answered(frame);
            answer(frame);
            if (acknowledges && frame.path("ack").asBoolean(false)) {
                write(RestClient.JSON
                        .createObjectNode()
                        .put("type", "ack")
                        .put("id", frame.path("id").asString("")));
            }
        } catch (JacksonException e) {
            fail("the server sent a frame that is not JSON; is this the port of the clients?");
        }
    }

    private void answer(JsonNode frame) {
        switch (frame.path("type").asString("")) {
            case "ping" -> write(RestClient.JSON.createObjectNode().put("type", "pong"));
            case "close" ->
                new Frames()
                        .closed(
                                frame.path("code").asInt(0),
                                frame.path("reason").asString(""));
            default -> {} // others need no answer
        }
    }

    private void answered(JsonNode frame) {
        String type = frame.path("type").asString("");
        if (frame.has("id") && (type.equals("ok") || type.equals("error"))) {
            unanswered.release();
        }
    }

    /** What the transport tells. */
    private final class Frames implements ClientTransport.Listener {
        @Override
        public void frame(String json) {
            take(json);
        }

        @Override
        public void closed(int code, String reason) {
            boolean refused = code == UNAUTHENTICATED || code == LATE;
            int failed = refused ? ExitCode.UNREACHABLE : ExitCode.FAILED;
            end(
                    code == GOODBYE ? ExitCode.OK : failed,
                    "disconnected: " + code + (reason.isEmpty() ? "" : " " + reason));
        }

        @Override
        public void failed(String words) {
            fail(words);
        }
    }
}
