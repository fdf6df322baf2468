package dev.signalbox.server.rest;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request of the web server and its answer, in our own terms. Confined to one thread as its interface says. */
final class JettyExchange implements Response {
    private static final int BUFFER = 32 * 1024;

    private final org.eclipse.jetty.server.Request request;
    private final org.eclipse.jetty.server.Response response;
    private final JettyBody body;
    private final Patience patience;
    private final Runnable answered;
    private @Nullable OutputStream output;
    private boolean begun;
    private boolean ended;

    /** {@code answered} runs when the answer is written, before what is left of the request's body is read. */
    JettyExchange(
            org.eclipse.jetty.server.Request request,
            org.eclipse.jetty.server.Response response,
            Limits limits,
            Runnable answered) {
        this.request = request;
        this.response = response;
        this.body = new JettyBody(request, new Patience(limits));
        this.patience = new Patience(limits);
        this.answered = answered;
        response.setStatus(200);
    }

    Request request() {
        HttpURI uri = request.getHttpURI();
        return new Request(
                request.getMethod(),
                Objects.requireNonNullElse(uri.getPath(), ""),
                Objects.requireNonNullElse(uri.getQuery(), ""),
                request.getHeaders()::get,
                (InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress(),
                body);
    }

    @Override
    public Response status(int status) {
        response.setStatus(status);
        return this;
    }

    @Override
    public int status() {
        return response.getStatus();
    }

    @Override
    public Response header(String name, String value) {
        response.getHeaders().put(name, value);
        return this;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        output = null;
        response.getHeaders().remove(HttpHeader.TRANSFER_ENCODING);
        if (status() != 304) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        }
        begin();
        for (int from = 0; from < bytes.length || !ended; from += BUFFER) {
            int length = Math.min(BUFFER, bytes.length - from);
            write(from + length == bytes.length, ByteBuffer.wrap(bytes, from, length));
        }
    }

    /** In chunks where the client knows them: without, it would take the end of the connection for the end of the answer. */
    @Override
    public OutputStream outputStream() {
        if (output == null) {
            if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
                response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
            }
            output = new Streamed();
        }
        return output;
    }

    @Override
    public boolean begun() {
        return begun;
    }

    /** What is left of a body would be taken for the next request, so its connection ends with this answer. */
    private void begin() {
        if (!begun) {
            begun = true;
            if (!body.isOver()) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
        }
    }

    /** Ends the answer, if its handler did not; then waits for a client that is still sending. */
    void end() throws IOException {
        if (output != null) {
            output.flush();
        }
        if (!ended) {
            begin();
            write(true, ByteBuffer.allocate(0));
        }
        answered.run();
        if (!body.isOver()) {
            body.drain();
        }
    }

    void release() {
        body.release();
    }

    /** Writes and waits, but not longer than the client's {@link Patience}. */
    private void write(boolean last, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        long start = System.nanoTime();
        var written = new Callback.Completable();
        response.write(last, bytes, written);
        ended = last;
        try {
            written.get(patience.nanos(), TimeUnit.NANOSECONDS);
            patience.moved(length);
        } catch (ExecutionException failed) {
            throw new ClientGoneException("the client disconnected before its answer ended", failed.getCause());
        } catch (TimeoutException slow) {
            request.getConnectionMetaData().getConnection().getEndPoint().close(slow);
            throw new ClientGoneException(
                    "the client read its answer too slowly; see control.body-timeout and control.min-body-rate", slow);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server is stopping");
        } finally {
            patience.waited(System.nanoTime() - start);
        }
    }

    /**
     * What the handler streams. Closing sends nothing: a try block also closes it when the handler fails, and then a problem
     * can still be sent in place of what is in the buffer.
     */
    private final class Streamed extends BufferedOutputStream {
        private Streamed() {
            super(new Chunks(), BUFFER);
        }

        @Override
        public void close() {}
    }

    /** Writes each piece as it comes. */
    private final class Chunks extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begin();
            JettyExchange.this.write(false, ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void flush() {
            begin();
        }
    }
}
