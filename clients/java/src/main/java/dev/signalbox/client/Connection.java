package dev.signalbox.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket. All but the callbacks of {@link WebSocket.Listener} belongs to the client's loop, and what those have to say they say
 * there.
 */
final class Connection implements WebSocket.Listener {
    /** A server that sends more at a time is not ours. In characters. */
    private static final int MAX_FRAME = 256 << 20;
    /** What is sent together at most, in characters. */
    private static final int MAX_BATCH = 16 << 10;
    /** Bytes of one character of a Java string in UTF-8, at most. */
    private static final int BYTES_PER_CHARACTER = 3;
    /** More than calls, acknowledgements and answers to pings can be, unless the server does not read. */
    private static final int MAX_UNSENT = 1 << 20;

    /** What becomes of it; called in the loop. */
    interface Owner {
        void opened(Connection connection);

        void text(Connection connection, String text);

        /** It is over, or never began: called once. */
        void ended(Connection connection, int code, String reason);
    }

    private final Executor loop;
    private final Owner owner;
    private final StringBuilder parts = new StringBuilder();
    private final Queue<String> unsent = new ArrayDeque<>();
    private @Nullable WebSocket socket;
    /** In bytes; what the server takes is not known before its welcome. */
    private int maxFrame = Integer.MAX_VALUE;

    private int maxBatch = MAX_BATCH;
    private boolean sending;
    private boolean ended;
    private boolean closing;

    private Connection(Executor loop, Owner owner) {
        this.loop = loop;
        this.owner = owner;
    }

    static Connection open(HttpClient http, URI url, Duration timeout, Executor loop, Owner owner) {
        Connection connection = new Connection(loop, owner);
        var _ = http.newWebSocketBuilder()
                .connectTimeout(timeout)
                .buildAsync(url, connection)
                .whenComplete((socket, failure) -> loop.execute(() -> connection.built(socket, failure)));
        return connection;
    }

    private void built(@Nullable WebSocket built, @Nullable Throwable failure) {
        if (built == null) {
            end(CloseCodes.BROKEN, "no connection: " + words(failure));
        } else if (ended) {
            built.abort();
        } else {
            socket = built;
            owner.opened(this);
            readOn();
        }
    }

    private static String words(@Nullable Throwable failure) {
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause);
    }

    /** The owner has room for another frame. */
    void readOn() {
        if (socket != null && !ended) {
            socket.request(1);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        // Nothing is read before the owner has said what it has to say first.
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        parts.append(data);
        if (parts.length() > MAX_FRAME) {
            loop.execute(() -> leave(CloseCodes.PROTOCOL_ERROR, "the server sent a frame that is too large"));
        } else if (last) {
            String text = parts.toString();
            parts.setLength(0);
            loop.execute(() -> received(text));
        } else {
            from.request(1);
        }
        return null;
    }

    private void received(String text) {
        if (!ended) {
            owner.text(this, text);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        loop.execute(() -> end(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        loop.execute(() -> end(CloseCodes.BROKEN, "the connection broke: " + words(error)));
    }

    private void end(int code, String reason) {
        if (!ended) {
            ended = true;
            unsent.clear();
            owner.ended(this, code, reason);
        }
    }

    /** The server takes a text of so many bytes. */
    void limit(int maxBytes) {
        maxFrame = maxBytes;
        maxBatch = Math.min(MAX_BATCH, maxBytes / BYTES_PER_CHARACTER);
    }

    /** Ends it from this side at once; the server may think that it broke. */
    void leave(int code, String reason) {
        if (socket != null) {
            socket.abort();
        }
        end(code, reason);
    }

    /**
     * Sends a frame, behind those that wait to be sent.
     *
     * @throws RefusedException if it is larger than the server takes, which would end the connection; it stays as it is
     */
    void write(String frame) {
        if (ended || closing) {
            return;
        }
        requireSize(frame);
        unsent.add(frame);
        if (unsent.size() > MAX_UNSENT) {
            leave(CloseCodes.BROKEN, "the server does not read");
        } else {
            sendNext();
        }
    }

    private void requireSize(String frame) {
        // Bytes are counted only where they could be too many.
        if (frame.length() > maxFrame / BYTES_PER_CHARACTER) {
            int bytes = frame.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxFrame) {
                throw RefusedException.tooLarge("it takes " + bytes + " bytes, of which the server takes " + maxFrame
                        + " at a time (limits.frame); nothing was sent");
            }
        }
    }

    /** The JDK's WebSocket takes one message at a time; what has gathered meanwhile goes in one. */
    private void sendNext() {
        if (sending || ended || socket == null) {
            return;
        }
        String batch = batch();
        if (!batch.isEmpty()) {
            sending = true;
            var _ = socket.sendText(batch, true).whenComplete((sent, failure) -> loop.execute(() -> sent(failure)));
        } else if (closing) {
            sending = true;
            var _ = socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .whenComplete((sent, failure) -> loop.execute(() -> sent(failure)));
        }
    }

    private String batch() {
        StringBuilder batch = new StringBuilder();
        String next = unsent.peek();
        while (next != null && (batch.isEmpty() || batch.length() + next.length() <= maxBatch)) {
            batch.append(next);
            unsent.remove();
            next = unsent.peek();
        }
        return batch.toString();
    }

    private void sent(@Nullable Throwable failure) {
        if (failure != null) {
            end(CloseCodes.BROKEN, "the connection broke: " + words(failure));
        } else {
            sending = socket != null && socket.isOutputClosed();
            sendNext();
        }
    }

    /** Says goodbye behind what is to be sent; the server's goodbye ends it. */
    void close() {
        if (socket == null) {
            end(CloseCodes.GOODBYE, "");
        } else {
            closing = true;
            sendNext();
        }
    }
}
