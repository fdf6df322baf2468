package dev.signalbox.delivery.sms;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keep-alive connections to one provider. There are never more than there are callers at a time. Thread-safe.
 *
 * <p>A request on a connection that the provider is just closing ends without an answer, and nobody knows whether it
 * was read. So a connection is not kept for longer than the shortest idle time that servers are known to have (5 s), and
 * one that has been idle for more than a moment is listened to before it is used.
 */
final class ConnectionPool implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    static final Duration FRESH = Duration.ofMillis(100);
    static final Duration LONGEST_IDLE = Duration.ofSeconds(4);
    /** How long after its deadline an exchange is broken from outside; its own reads time out before. */
    static final Duration GRACE = Duration.ofMillis(100);

    static final Duration WATCH = Duration.ofMillis(250);

    private final HttpSmsOptions options;
    private final Optional<SSLSocketFactory> tls;
    private final ConcurrentLinkedDeque<ProviderConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<ProviderConnection> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    ConnectionPool(HttpSmsOptions options) {
        this.options = options;
        this.tls = options.secure() ? Optional.of(Trust.socketFactory(options)) : Optional.empty();
        Thread.ofVirtual().name("sms-connection-watch").start(this::watch);
    }

    /** Sends the request on an idle connection or a new one, and returns before {@code deadline} or soon after. */
    Exchange exchange(byte[] request, long deadline) {
        for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            if (kept.tryTake(deadline)) {
                var result = exchange(kept, request, deadline);
                if (!(result instanceof Exchange.NotWritten)) {
                    return result;
                }
            }
        }
        return exchangeOnNew(request, deadline);
    }

    private Exchange exchangeOnNew(byte[] request, long deadline) {
        try {
            return exchange(connect(deadline), request, deadline);
        } catch (UnknownHostException e) {
            return new Exchange.NotWritten(
                    "no address for host " + options.url().getHost());
        } catch (IOException e) {
            return new Exchange.NotWritten(
                    "could not connect to " + options.url().getHost() + ":" + options.port() + ": " + e.getMessage());
        }
    }

    private Exchange exchange(ProviderConnection connection, byte[] request, long deadline) {
        var result = connection.exchange(request, deadline);
        if (connection.isIdle()) {
            idle.addFirst(connection);
        } else {
            open.remove(connection);
        }
        return result;
    }

    private ProviderConnection connect(long deadline) throws IOException {
        long now = System.nanoTime();
        long connected = Math.min(deadline, now + options.connectTimeout().toNanos());
        IOException failure = new IOException("the attempt's time was used up before a connection was made");
        for (var address : InetAddress.getAllByName(options.url().getHost())) {
            try {
                return secured(connect(new InetSocketAddress(address, options.port()), connected), connected);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private static Socket connect(InetSocketAddress address, long deadline) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, millisUntil(deadline));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private ProviderConnection secured(Socket plain, long deadline) throws IOException {
        var socket = tls.isPresent() ? wrap(tls.get(), plain) : plain;
        var connection = new ProviderConnection(socket, deadline);
        open.add(connection);
        try {
            if (socket instanceof SSLSocket secure) {
                secure.setSoTimeout(millisUntil(deadline));
                secure.startHandshake();
            }
            return connection;
        } catch (IOException e) {
            connection.close();
            open.remove(connection);
            throw e;
        }
    }

    private SSLSocket wrap(SSLSocketFactory factory, Socket plain) throws IOException {
        var socket = (SSLSocket) factory.createSocket(plain, options.url().getHost(), options.port(), true);
        if (!options.insecure()) {
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    private static int millisUntil(long deadline) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new IOException("the attempt's time was used up before a connection was made");
        }
        return (int) millis;
    }

    /** Breaks what no timeout of a read covers (a write or a handshake that never ends), and ends idle connections. */
    private void watch() {
        try {
            while (!closing.await(WATCH.toNanos(), TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                open.removeIf(connection -> connection.closeIfDue(now));
                idle.removeIf(ProviderConnection::isClosed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all connections; exchanges under way end without an answer. */
    @Override
    public void close() {
        closing.countDown();
        open.forEach(ProviderConnection::close);
        open.clear();
        idle.clear();
    }
}
