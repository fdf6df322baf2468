package dev.signalbox.server.rest;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections of the control port, in all and for each address, and how long a client may take for the head of
 * a request. Thread-safe.
 *
 * <p>A new connection over a bound is let in if another can make way: the oldest that has never sent a whole head, else
 * the one that has been idle longest, of the same address where the address is over its bound. So a client that holds
 * connections open without using them cannot lock an operator out, not even from the same host. A connection whose request
 * is under way never makes way; if all are, the new one is closed.
 *
 * <p>Bound: at most {@code maxConnections} entries. All times are of one monotonic clock, in nanoseconds.
 */
final class ConnectionLimits implements Connection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final Map<SocketChannel, Held> all = new HashMap<>();
    private final Map<ByteBuffer, Integer> byAddress = new HashMap<>();

    /** Those without a request under way, longest waiting first. */
    private final Set<Held> waiting = new LinkedHashSet<>();

    ConnectionLimits(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** What is known of a connection; guarded by the outer lock. */
    private final class Held {
        private final SocketChannel channel;
        private final ByteBuffer address;
        private @Nullable Connection connection;
        private boolean used;
        private boolean idle;
        private long bytesBefore;
        private long deadline = nanoTime.getAsLong() + limits.headerTimeout().toNanos();

        private Held(SocketChannel channel) throws IOException {
            this.channel = channel;
            this.address = network(((InetSocketAddress) channel.getRemoteAddress()).getAddress());
        }

        /** Between requests. A next head may have begun already, so both timeouts together are the latest it may end. */
        private void rest() {
            used = true;
            idle = true;
            bytesBefore = bytes();
            deadline = nanoTime.getAsLong()
                    + limits.idleTimeout().plus(limits.headerTimeout()).toNanos();
        }

        private long bytes() {
            return connection == null ? 0 : connection.getBytesIn();
        }

        /** With the first byte of the next head its time begins. */
        private boolean isLate(long now) {
            if (idle && bytes() != bytesBefore) {
                idle = false;
                deadline = now + Math.min(deadline - now, limits.headerTimeout().toNanos());
            }
            return deadline - now <= 0;
        }

        private void close() {
            try {
                if (connection == null) {
                    channel.close();
                } else {
                    connection.getEndPoint().close();
                }
            } catch (IOException e) {
                LOG.debug("Closing {} failed", channel, e);
            }
        }
    }

    /** A client with an IPv6 network can use all of its addresses, so those count as one. */
    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }

    /**
     * Takes a new connection in, and closes the one that makes way for it. Called by the thread that accepts, in the order
     * of arrival: a connection makes way only after as many others as the bound allows have come behind it.
     *
     * @return false if there is no place; then the caller closes it
     */
    boolean admit(SocketChannel channel) throws IOException {
        Optional<Held> leaving;
        synchronized (this) {
            var held = new Held(channel);
            boolean addressFull = byAddress.getOrDefault(held.address, 0) >= limits.maxConnectionsPerAddress();
            boolean full = addressFull || all.size() >= limits.maxConnections();
            leaving = full ? yielding(other -> !addressFull || other.address.equals(held.address)) : Optional.empty();
            if (full && leaving.isEmpty()) {
                return false;
            }
            leaving.ifPresent(this::forget);
            all.put(channel, held);
            byAddress.merge(held.address, 1, Integer::sum);
            waiting.add(held);
        }
        leaving.ifPresent(Held::close);
        return true;
    }

    private Optional<Held> yielding(Predicate<Held> among) {
        return waiting.stream()
                .filter(among)
                .filter(held -> !held.used)
                .findFirst()
                .or(() -> waiting.stream().filter(among).findFirst());
    }

    private void forget(Held held) {
        if (all.remove(held.channel) != null) {
            waiting.remove(held);
            byAddress.computeIfPresent(held.address, (any, count) -> count == 1 ? null : count - 1);
        }
    }

    /** For a connection that was admitted and then could not be set up. */
    synchronized void forget(SocketChannel channel) {
        Optional.ofNullable(all.get(channel)).ifPresent(this::forget);
    }

    @Override
    public synchronized void onOpened(Connection connection) {
        if (!(connection instanceof SslConnection)) {
            held(connection).ifPresent(held -> held.connection = connection);
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        held(connection).ifPresent(this::forget);
    }

    /** A request's head is complete: its connection neither makes way nor has a deadline here until {@link #answered}. */
    synchronized void begun(Connection connection) {
        held(connection).ifPresent(waiting::remove);
    }

    /** The request is answered, as far as it depends on the server. */
    synchronized void answered(Connection connection) {
        held(connection).filter(waiting::add).ifPresent(Held::rest);
    }

    private Optional<Held> held(Connection connection) {
        Object transport = connection.getEndPoint();
        while (transport instanceof EndPoint endPoint) {
            transport = endPoint.getTransport();
        }
        return transport instanceof SocketChannel channel ? Optional.ofNullable(all.get(channel)) : Optional.empty();
    }

    /** Closes connections that are late with a head; to be called a few times in each {@code headerTimeout}. */
    void closeLate() {
        late().forEach(held -> {
            LOG.debug("Closing {}: no complete request head in time", held.channel);
            held.close();
        });
    }

    private synchronized List<Held> late() {
        long now = nanoTime.getAsLong();
        List<Held> late = waiting.stream().filter(held -> held.isLate(now)).toList();
        late.forEach(this::forget);
        return late;
    }
}
