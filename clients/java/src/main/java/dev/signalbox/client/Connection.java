package dev.signalbox.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
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
    /**
     * What is read before the owner asks for it, in characters. The JDK's WebSocket tells nobody of an end that comes while nothing is asked of
     * it (its transport throws an InternalError), so as a rule something is.
     */
    private static final int READ_AHEAD = 256 << 10;
    /** More than calls, acknowledgements and answers to pings can be, unless the server does not read. */
    private static final int MAX_UNSENT = 1 << 20;

    /** What becomes of it; called in the loop. */
    interface Owner {
        void opened(Connection connection);

        void text(Connection connection, String text);

        /** The server has answered a {@link #ping}. */
        void ponged(Connection connection);

        /** It is over, or never began: called once, after all that was received. */
        void ended(Connection connection, int code, String reason);
    }

    private final Executor loop;
    private final Owner owner;
    private final StringBuilder parts = new StringBuilder();
    private final Queue<String> unsent = new ArrayDeque<>();
    /** Received, and not asked for yet. */
    private final Queue<String> ahead = new ArrayDeque<>();
    /** Characters of what is received and not with the owner; for the callbacks, too. */
    private final AtomicInteger unread = new AtomicInteger();

    private @Nullable WebSocket socket;
    /** In bytes; what the server takes is not known before its welcome. */
    private int maxFrame = Integer.MAX_VALUE;

    private int maxBatch = MAX_BATCH;
    /** The owner has room for another frame. */
    private boolean wanted;

    private boolean delivering;
    private boolean sending;
    private boolean pinging;
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
            built.request(1);
            readOn();
        }
    }

    private static String words(@Nullable Throwable failure) {
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause);
    }

    /** The owner has room for another frame. */
    void readOn() {
        wanted = true;
        deliver();
    }

    /** The owner may call {@link #readOn} while it is given a frame. */
    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (wanted && !ended && !ahead.isEmpty()) {
                wanted = false;
                give(ahead.remove());
            }
        } finally {
            delivering = false;
        }
    }

    private void give(String text) {
        int before = unread.getAndAdd(-text.length());
        if (before >= READ_AHEAD && before - text.length() < READ_AHEAD && socket != null) {
            socket.request(1);
        }
        owner.text(this, text);
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
            if (unread.addAndGet(text.length()) < READ_AHEAD) {
                from.request(1);
            }
        } else {
            from.request(1);
        }
        return null;
    }

    private void received(String text) {
        if (!ended) {
            ahead.add(text);
            deliver();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer payload) {
        from.request(1);
        loop.execute(() -> owner.ponged(this));
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        loop.execute(() -> over(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        loop.execute(() -> over(CloseCodes.BROKEN, "the connection broke: " + words(error)));
    }

    /** What came before the end is the owner's, whether it has room or not. */
    private void over(int code, String reason) {
        while (!ended && !ahead.isEmpty()) {
            give(ahead.remove());
        }
        end(code, reason);
    }

    private void end(int code, String reason) {
        if (!ended) {
            ended = true;
            unsent.clear();
            ahead.clear();
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
            over(CloseCodes.BROKEN, "the connection broke: " + words(failure));
        } else {
            sending = socket != null && socket.isOutputClosed();
            sendNext();
        }
    }

    /**
     * Finds out whether the server is there: writing to one that is gone fails, by the second time. An end that came just between two
     * messages, before the second was asked for, is not told otherwise.
     */
    void ping() {
        if (socket != null && !pinging && !ended && !closing) {
            pinging = true;
            var _ = socket.sendPing(ByteBuffer.allocate(0))
                    .whenComplete((sent, failure) -> loop.execute(() -> pinged(failure)));
        }
    }

    private void pinged(@Nullable Throwable failure) {
        pinging = false;
        if (failure != null && !closing) {
            over(CloseCodes.BROKEN, "the connection broke: " + words(failure));
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
