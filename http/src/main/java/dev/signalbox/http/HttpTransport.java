package dev.signalbox.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Exchanges requests for answers over HTTP/1.1, and knows of each that failed whether it had been written. Keeps connections,
 * follows no redirect, uses no proxy, verifies certificates, and reads no more of an answer than it is told to. Thread-safe;
 * made for virtual threads, which it blocks.
 *
 * <p>It speaks over sockets, not {@link java.net.http.HttpClient}: that one does not tell whether a request had been written
 * when it failed, cannot connect to an address of the caller's choice under the right name, and takes more than twice the
 * processor time a request.
 *
 * <p>A kept connection may have been closed by the server, or hold an answer that nobody asked for. It is looked at before it
 * is used again, and is not used after {@link #LONGEST_IDLE}, which is less than any server in common use waits.
 */
public final class HttpTransport implements AutoCloseable {
    /** How much longer than its time an exchange may take, at most, until a write or a handshake that hangs is broken. */
    public static final Duration OVERRUN = Duration.ofMillis(350);

    static final Duration LONGEST_IDLE = Duration.ofSeconds(4);
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final Duration WATCH = OVERRUN.minus(GRACE);
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final HttpTransportOptions options;
    private final Dialler dialler;
    private final Map<Origin, KeptConnections> origins = new ConcurrentHashMap<>();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger kept = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);

    private HttpTransport(HttpTransportOptions options) {
        this.options = options;
        dialler = new Dialler(options.trust(), options.largestBody(), this::track);
    }

    /** Starts a transport, which holds one thread and its connections until it is closed. */
    public static HttpTransport of(HttpTransportOptions options) {
        var transport = new HttpTransport(options);
        Thread.ofVirtual().name("http-connection-watch").start(transport::watch);
        return transport;
    }

    /**
     * Sends the request on an idle connection or a new one. Returns within the time given, or up to {@link #OVERRUN} later.
     *
     * @param within for all of it: connecting, writing, reading the last byte of the answer
     */
    public Exchange exchange(HttpCall call, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        byte[] request = call.bytes();
        var connections =
                origins.computeIfAbsent(call.origin(), origin -> new KeptConnections(kept, options.settling()));
        for (var used = connections.take(deadline); used != null; used = connections.take(deadline)) {
            var result = on(used, call, request, deadline);
            if (result instanceof Exchange.Answered) {
                connections.prove(true);
            } else if (used.isClosed()) {
                connections.prove(false);
            }
            if (!(result instanceof Exchange.NotWritten) || !used.isClosed()) {
                return result;
            }
        }
        return onNew(call, request, deadline);
    }

    private Exchange onNew(HttpCall call, byte[] request, long deadline) {
        long until =
                Math.min(deadline, System.nanoTime() + options.connectTimeout().toNanos());
        try {
            return on(dialler.dial(call.origin(), until), call, request, deadline);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Exchange.NotWritten("could not connect to " + call.origin() + ": " + why);
        }
    }

    private void track(HttpConnection connection) {
        open.add(connection);
        if (isClosed()) { // After close() went through all that were open.
            connection.close();
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private Exchange on(HttpConnection connection, HttpCall call, byte[] request, long deadline) {
        try {
            if (deadline - System.nanoTime() <= 0) {
                return new Exchange.NotWritten("no time was left to write the request");
            }
            return call.mayBegin()
                    ? connection.exchange(request, deadline)
                    : new Exchange.NotWritten("the request was withdrawn before it was written");
        } finally {
            settle(connection, call.origin());
        }
    }

    private void settle(HttpConnection connection, Origin origin) {
        connection.release();
        if (isClosed()) {
            connection.close();
        }
        if (connection.isIdle()) {
            origins.computeIfAbsent(origin, o -> new KeptConnections(kept, options.settling()))
                    .keep(connection, options.kept());
        }
        if (connection.isClosed()) {
            open.remove(connection);
        }
    }

    /** How many idle connections there are. */
    int kept() {
        return kept.get();
    }

    /** Breaks what no timeout of a read covers (a write or a handshake that never ends), and ends idle connections. */
    private void watch() {
        try {
            while (!closing.await(WATCH.toNanos(), TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                open.removeIf(connection -> connection.closeIfDue(now, GRACE, LONGEST_IDLE));
                origins.values().forEach(KeptConnections::sweep);
                origins.values().removeIf(connections -> connections.isUnused(now, FORGOTTEN));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all connections; exchanges under way end without an answer. */
    @Override
    public void close() {
        closing.countDown();
        open.forEach(HttpConnection::close);
        open.clear();
        origins.clear();
    }
}
