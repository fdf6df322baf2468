package dev.signalbox.server.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request's body as a stream that blocks, but never longer than the client's {@link Patience}. Confined to one thread. */
final class JettyBody extends InputStream {
    /** What is read of a body that nobody wanted, so that its client comes to read the answer. */
    private static final long MOST_UNWANTED = 1 << 20;

    private final Request request;
    private final Patience patience;
    private final Semaphore arrived = new Semaphore(0);
    private Content.@Nullable Chunk chunk;
    private boolean ended;
    private boolean broken;

    JettyBody(Request request, Patience patience) {
        this.request = request;
        this.patience = patience;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        Content.Chunk content = content();
        if (content == null) {
            return -1;
        }
        int count = content.get(bytes, offset, length);
        releaseIfRead();
        return count;
    }

    /** The next bytes, or null at the end; waits for them. */
    private Content.@Nullable Chunk content() throws IOException {
        while (chunk == null && !ended) {
            take();
            if (chunk == null && !ended) {
                await();
            }
        }
        return chunk;
    }

    /** Takes what has arrived, without waiting. */
    private void take() throws IOException {
        Content.Chunk next = request.read();
        if (next == null) {
            return;
        }
        if (next.getFailure() != null) {
            broken = true;
            throw failed(next.getFailure());
        }
        ended = next.isLast();
        chunk = next;
        patience.moved(next.remaining());
        releaseIfRead();
    }

    private void releaseIfRead() {
        if (chunk != null && !chunk.hasRemaining()) {
            chunk.release();
            chunk = null;
        }
    }

    private void await() throws IOException {
        long began = System.nanoTime();
        request.demand(arrived::release);
        try {
            if (!arrived.tryAcquire(patience.nanos(), TimeUnit.NANOSECONDS)) {
                broken = true;
                throw tooSlow();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server is stopping");
        } finally {
            patience.waited(System.nanoTime() - began);
        }
    }

    private static Problem tooSlow() {
        return new Problem(
                408, "the request's body arrived too slowly; see control.body-timeout and control.min-body-rate");
    }

    private static IOException failed(Throwable failure) {
        if (failure instanceof HttpException malformed) {
            throw new Problem(malformed.getCode(), "the request's body is malformed: " + malformed.getReason());
        }
        if (failure instanceof TimeoutException) {
            throw tooSlow();
        }
        return new ClientGoneException("the client disconnected before its request ended", failure);
    }

    /** Whether all of the body has been taken; looks at what has arrived, and waits for nothing. */
    boolean isOver() {
        try {
            if (chunk == null && !ended && !broken && !awaitsContinue()) {
                take();
            }
            return ended && chunk == null;
        } catch (IOException | Problem broken) {
            return false;
        }
    }

    /** Nothing may be read then: it would make the client send what has been refused. */
    private boolean awaitsContinue() {
        return request.getHeaders().contains("Expect");
    }

    /**
     * Reads on for a while after an answer that did not wait for the body. Closing at once would reset the connection, and
     * a client that is still sending would lose the answer.
     */
    void drain() {
        if (ended || broken || awaitsContinue()) {
            return;
        }
        try {
            byte[] unwanted = new byte[16 * 1024];
            long read = 0;
            for (int count = 0; count >= 0 && read < MOST_UNWANTED; count = read(unwanted, 0, unwanted.length)) {
                read += count;
            }
        } catch (IOException | Problem gone) {
            broken = true;
        }
    }

    /** Gives back what was not read. */
    void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }
}
