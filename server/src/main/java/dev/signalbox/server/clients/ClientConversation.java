package dev.signalbox.server.clients;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One connection to a server as a client, in the JSON frames of docs/protocol.md. Thread-safe.
 *
 * <p>What was sent and not yet answered is bounded; {@link #send} waits at the bound.
 */
final class ClientConversation implements AutoCloseable {
    private static final int UNANSWERED = 256;
    private static final int UNAUTHENTICATED = 4401;
    private static final int LATE = 4408;
    private static final int LARGEST_FRAME = 128 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FramePrinter printer;
    private final boolean acknowledges;
    private final Semaphore unanswered = new Semaphore(UNANSWERED);
    private final AtomicLong frames = new AtomicLong();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable WebSocket socket;
    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

    private ClientConversation(FramePrinter printer, boolean acknowledges) {
        this.printer = printer;
        this.acknowledges = acknowledges;
    }

    static ClientConversation open(URI url, Secret token, FramePrinter printer, boolean acknowledges) {
        var conversation = new ClientConversation(printer, acknowledges);
        try {
            conversation.socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + token.value())
                    .connectTimeout(PATIENCE)
                    .buildAsync(url, conversation.new Frames())
                    .join();
            return conversation;
        } catch (CompletionException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "no server at " + url + ": " + reason(e.getCause()), e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
            return "it answered " + refused.getResponse().statusCode();
        }
        return FailureText.of(cause);
    }

    void send(String to, String text) {
        unanswered.acquireUninterruptibly();
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
        unanswered.acquireUninterruptibly();
        write(RestClient.JSON
                .createObjectNode()
                .put("type", "subscribe")
                .put("id", Long.toString(frames.incrementAndGet()))
                .put("topic", topic));
    }

    /** The JDK's WebSocket takes one message at a time, so each waits for the one before. */
    private synchronized void write(JsonNode frame) {
        var open = socket;
        if (open != null) {
            lastSend = lastSend.thenCompose(sent -> open.sendText(frame.toString(), true))
                    .exceptionally(e -> {
                        fail("the connection broke: " + FailureText.of(e));
                        return null;
                    });
        }
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
        var open = socket;
        if (open == null || open.isOutputClosed()) {
            return;
        }
        try {
            open.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            printer.note("the server did not confirm the end of the connection within " + PATIENCE.toSeconds() + " s");
        }
    }

    private void take(String text) {
        try {
            var frame = RestClient.JSON.readTree(text);
            printer.frame(frame);
            answered(frame);
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

    private void answered(JsonNode frame) {
        String type = frame.path("type").asString("");
        if (frame.has("id") && (type.equals("ok") || type.equals("error"))) {
            unanswered.release();
        }
    }

    /** Collects the parts of frames. Called by the WebSocket, one call at a time. */
    private final class Frames implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (parts.length() > LARGEST_FRAME) {
                fail("the server sent a frame that is too large");
            } else if (last) {
                take(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            boolean refused = code == UNAUTHENTICATED || code == LATE;
            int failed = refused ? ExitCode.UNREACHABLE : ExitCode.FAILED;
            end(
                    code == WebSocket.NORMAL_CLOSURE ? ExitCode.OK : failed,
                    "disconnected: " + code + (reason.isEmpty() ? "" : " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            fail("the connection broke: " + FailureText.of(error));
        }
    }
}
