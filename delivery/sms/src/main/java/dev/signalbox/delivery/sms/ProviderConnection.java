package dev.signalbox.delivery.sms;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One connection to the provider. A caller has it for itself from {@link #tryTake} to the end of {@link #exchange}; the
 * pool's watch may break it at any time.
 */
final class ProviderConnection {
    private enum Use {
        IDLE,
        BUSY,
        CLOSED
    }

    private final Socket socket;
    private final AnswerReader reader;
    private final AtomicReference<Use> use = new AtomicReference<>(Use.BUSY);
    /** While busy: when the exchange must be over. While idle: when it began. In {@link System#nanoTime()}. */
    private volatile long mark;

    ProviderConnection(Socket socket, long deadline) throws IOException {
        this.socket = socket;
        this.reader = new AnswerReader(socket);
        this.mark = deadline;
    }

    boolean tryTake(long deadline) {
        long idleSince = mark;
        mark = deadline;
        if (!use.compareAndSet(Use.IDLE, Use.BUSY)) {
            return false;
        }
        if (System.nanoTime() - idleSince > ConnectionPool.FRESH.toNanos() && reader.isStale()) {
            close();
            return false;
        }
        return true;
    }

    /**
     * Writes the request and reads the answer. A failed write means that the provider has not got as much as the
     * Content-Length promises, so it cannot have acted: that is {@link Exchange.NotWritten}, not a mystery.
     */
    Exchange exchange(byte[] request, long deadline) {
        mark = deadline;
        try {
            socket.getOutputStream().write(request);
        } catch (IOException e) {
            close();
            return new Exchange.NotWritten("the connection broke before the request was written: " + e.getMessage());
        }
        try {
            var answer = reader.read(deadline);
            release(answer.reusable());
            return new Exchange.Answered(answer);
        } catch (IOException e) {
            close();
            return new Exchange.NoAnswer("the request was written, but: " + e.getMessage());
        }
    }

    private void release(boolean reusable) {
        if (!reusable) {
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
    boolean closeIfDue(long now) {
        var seen = use.get();
        long allowed = seen == Use.IDLE ? ConnectionPool.LONGEST_IDLE.toNanos() : ConnectionPool.GRACE.toNanos();
        if (seen != Use.CLOSED && now - mark > allowed && use.compareAndSet(seen, Use.CLOSED)) {
            quietlyClose();
        }
        return isClosed();
    }

    void close() {
        use.set(Use.CLOSED);
        quietlyClose();
    }

    private void quietlyClose() {
        try {
            socket.close();
        } catch (IOException e) {
            ConnectionPool.LOG.debug("closing a connection to the provider failed", e);
        }
    }
}
