package dev.signalbox.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. A caller has it for itself from {@link #tryTake} to the end of {@link #exchange}; the transport's watch may
 * break it at any time.
 */
final class HttpConnection {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private enum Use {
        IDLE,
        BUSY,
        CLOSED
    }

    private final SocketChannel channel;
    /** The channel's own socket, or TLS over it. */
    private final Socket socket;

    private final AnswerReader reader;
    private final AtomicReference<Use> use = new AtomicReference<>(Use.BUSY);
    /** While busy: when the exchange must be over. While idle: when it began. In {@link System#nanoTime()}. */
    private volatile long mark;

    HttpConnection(SocketChannel channel, Socket socket, int largestBody, long deadline) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.reader = new AnswerReader(socket, largestBody);
        this.mark = deadline;
    }

    /** Since when it is idle, in {@link System#nanoTime()}; of no meaning if it is not. */
    long idleSince() {
        return mark;
    }

    /** Takes an idle connection; false if it is closed, or has something to say that nobody asked for, and then closes it. */
    boolean tryTake(long deadline) {
        mark = deadline;
        if (!use.compareAndSet(Use.IDLE, Use.BUSY)) {
            return false;
        }
        if (isQuiet()) {
            return true;
        }
        close();
        return false;
    }

    /**
     * Whether the other side has neither closed nor said anything. An answer that is there before its request is the answer to
     * nothing, or late; either way the next request's answer could not be told from it.
     */
    private boolean isQuiet() {
        try {
            boolean unread =
                    socket instanceof SSLSocket && socket.getInputStream().available() > 0;
            return !unread && reader.isReusable() && hasNothingToRead();
        } catch (IOException broken) {
            return false;
        }
    }

    /** One system call that never waits. With TLS, any record counts: a new connection costs less than to guess its meaning. */
    private boolean hasNothingToRead() throws IOException {
        channel.configureBlocking(false);
        boolean nothing = channel.read(ByteBuffer.allocate(1)) == 0;
        channel.configureBlocking(true);
        return nothing;
    }

    /**
     * Writes the request and reads the answer. A failed write means that the server has not got as much as the Content-Length
     * promises, so it cannot have acted: that is {@link Exchange.NotWritten}. The exception is an interrupt: it makes a write
     * fail that may have been complete.
     */
    Exchange exchange(byte[] request, long deadline) {
        mark = deadline;
        try {
            socket.getOutputStream().write(request);
        } catch (IOException e) {
            close();
            return Thread.currentThread().isInterrupted()
                    ? new Exchange.NoAnswer("interrupted while the request was written")
                    : new Exchange.NotWritten("the connection broke before the request was written: " + why(e));
        }
        try {
            return new Exchange.Answered(reader.read(deadline));
        } catch (IOException e) {
            close();
            return new Exchange.NoAnswer("the request was written, but " + why(e));
        }
    }

    private static String why(IOException failure) {
        if (failure instanceof SocketTimeoutException) {
            return "no answer came in time";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /** Ends the caller's turn: idle if the next request may follow, else closed. */
    void release() {
        if (!reader.isReusable()) {
            close();
            return;
        }
        mark = System.nanoTime();
        use.compareAndSet(Use.BUSY, Use.IDLE); // unless the watch was faster
    }

    boolean isIdle() {
        return use.get() == Use.IDLE;
    }

    boolean isClosed() {
        return use.get() == Use.CLOSED;
    }

    /** Closes it if its exchange is overdue or it has been idle too long. True if it is closed now. */
    boolean closeIfDue(long now, Duration grace, Duration longestIdle) {
        var seen = use.get();
        long allowed = seen == Use.IDLE ? longestIdle.toNanos() : grace.toNanos();
        if (seen != Use.CLOSED && now - mark > allowed && use.compareAndSet(seen, Use.CLOSED)) {
            quietlyClose();
        }
        return isClosed();
    }

    void close() {
        use.set(Use.CLOSED);
        quietlyClose();
    }

    /** The channel and not the TLS socket, whose close would wait for a write that hangs. */
    private void quietlyClose() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a connection failed", e);
        }
    }
}
