package dev.signalbox.server.clients;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.lang.ref.Reference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Frames over WebSocket. */
final class WebSocketTransport implements ClientTransport {
    private final Listener listener;
    private final WebSocket socket;
    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

    private WebSocketTransport(WebSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
    }

    static ClientTransport open(URI url, Secret token, Listener listener) {
        HttpClient http = HttpClient.newHttpClient();
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + token.value())
                    .connectTimeout(PATIENCE)
                    .buildAsync(url, new Frames(listener))
                    .orTimeout(PATIENCE.multipliedBy(2).toSeconds(), TimeUnit.SECONDS)
                    .join();
            return new WebSocketTransport(socket, listener);
        } catch (CompletionException e) {
            throw ClientTransport.unreachable(url, reason(e.getCause()), e);
        } finally {
            // A client that is garbage ends its threads, also in the middle of a handshake, and with them its own
            // timeout.
            Reference.reachabilityFence(http);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
            return "it answered " + refused.getResponse().statusCode();
        }
        return cause instanceof TimeoutException ? "no answer in time" : FailureText.of(cause);
    }

    /** The JDK's WebSocket takes one message at a time, so each waits for the one before. */
    @Override
    public synchronized void write(String json) {
        lastSend = lastSend.thenCompose(sent -> socket.sendText(json, true)).exceptionally(e -> {
            listener.failed("the connection broke: " + FailureText.of(e));
            return null;
        });
    }

    @Override
    public void close() {
        if (socket.isOutputClosed()) {
            return;
        }
        try {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            listener.failed(
                    "the server did not confirm the end of the connection within " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Collects the parts of frames. Called by the WebSocket, one call at a time. */
    private static final class Frames implements WebSocket.Listener {
        private final Listener listener;
        private final StringBuilder parts = new StringBuilder();

        Frames(Listener listener) {
            this.listener = listener;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            // First, since the JDK tells nobody of an end that comes while nothing is asked for. The next call still
            // waits for this one.
            from.request(1);
            parts.append(data);
            if (parts.length() > LARGEST_FRAME) {
                listener.failed("the server sent a frame that is too large");
            } else if (last) {
                listener.frame(parts.toString());
                parts.setLength(0);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            listener.closed(code, reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            listener.failed("the connection broke: " + FailureText.of(error));
        }
    }
}
