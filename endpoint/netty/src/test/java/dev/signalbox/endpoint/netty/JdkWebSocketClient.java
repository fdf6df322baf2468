package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Speaks docs/protocol.md over the JDK's WebSocket, which shares no code with the endpoint. */
final class JdkWebSocketClient extends ProtocolClient implements WebSocket.Listener {
    private final BlockingQueue<byte[]> binaries = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private volatile boolean reading = true;

    JdkWebSocketClient(HttpClient http, URI address, Optional<String> token) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
        token.ifPresent(value -> builder.header("Authorization", "Bearer " + value));
        socket = builder.buildAsync(address, this).join();
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frame(partial.toString());
            partial.setLength(0);
        }
        more(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binaries.add(bytes);
        more(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
        more(from);
        return null;
    }

    private void more(WebSocket from) {
        if (reading) {
            from.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        failed(error);
    }

    @Override
    void write(String text) {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException e) {
            // The server may have hung up meanwhile; the test sees that in the events.
            closed(CloseReason.GONE);
        }
    }

    void writeBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** The next raw binary frame, in hexadecimal. */
    String nextBinary() {
        return HexFormat.of().formatHex(poll(binaries));
    }

    @Override
    public void stopReading() {
        reading = false;
    }

    @Override
    public void startReading() {
        reading = true;
        socket.request(1);
    }

    @Override
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .exceptionally(failure -> socket)
                    .join();
        }
    }
}
