package dev.signalbox.server.rest;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections of the control port, in all and for each address, and how long a client may take for the head of
 * a request. Thread-safe.
 *
 * <p>A new connection over a bound is let in if another can make way: the oldest that has never sent a whole head, else
 * the one that has been idle longest, of the same address where the address is over its bound. So somebody who holds
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
    private final Map<Connection, Held> all = new ConcurrentHashMap<>();
    private final Map<ByteBuffer, Integer> byAddress = new HashMap<>();

    /** Those without a request under way, longest waiting first. */
    private final Set<Held> waiting = new LinkedHashSet<>();

    ConnectionLimits(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** What is known of a connection; guarded by the outer lock. */
    private final class Held {
        private final Connection connection;
        private final ByteBuffer address;
        private boolean used;
        private long bytesBefore;
        private long deadline;

        private Held(Connection connection) {
            this.connection = connection;
            this.address = network(connection);
            this.deadline = in(limits.headerTimeout());
        }

        /** Between requests: idle until the first byte, and from then on as at the beginning. */
        private void rest() {
            used = true;
            bytesBefore = connection.getBytesIn();
            deadline = in(limits.idleTimeout().plus(limits.headerTimeout()));
        }

        private boolean late(long now) {
            if (used && connection.getBytesIn() != bytesBefore) {
                bytesBefore = connection.getBytesIn();
                deadline = Math.min(deadline - now, limits.headerTimeout().toNanos()) + now;
                used = false;
            }
            return deadline - now <= 0;
        }
    }

    private long in(Duration time) {
        return nanoTime.getAsLong() + time.toNanos();
    }

    /** Whoever has an IPv6 network has all of its addresses, so those count as one. */
    private static ByteBuffer network(Connection connection) {
        InetAddress address = connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection instanceof SslConnection)) {
            admit(new Held(connection)).forEach(ConnectionLimits::close);
        }
    }

    /** Takes a connection in; returns which ones have to be closed for it, or itself. */
    private synchronized List<Held> admit(Held held) {
        boolean addressFull = byAddress.getOrDefault(held.address, 0) >= limits.maxConnectionsPerAddress();
        boolean full = all.size() >= limits.maxConnections();
        Predicate<Held> same = other -> other.address.equals(held.address);
        Optional<Held> making = addressFull ? yielding(same) : full ? yielding(any -> true) : Optional.empty();
        if ((addressFull || full) && making.isEmpty()) {
            return List.of(held);
        }
        making.ifPresent(this::forget);
        all.put(held.connection, held);
        byAddress.merge(held.address, 1, Integer::sum);
        waiting.add(held);
        return making.stream().toList();
    }

    private Optional<Held> yielding(Predicate<Held> among) {
        return waiting.stream()
                .filter(among)
                .filter(held -> !held.used)
                .findFirst()
                .or(() -> waiting.stream().filter(among).findFirst());
    }

    private void forget(Held held) {
        if (all.remove(held.connection) != null) {
            waiting.remove(held);
            byAddress.computeIfPresent(held.address, (any, count) -> count == 1 ? null : count - 1);
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        Optional.ofNullable(all.get(connection)).ifPresent(this::forget);
    }

    /** A request's head is complete: its connection neither makes way nor has a deadline here until {@link #answered}. */
    synchronized void begun(Connection connection) {
        Optional.ofNullable(all.get(connection)).ifPresent(waiting::remove);
    }

    /** The request is answered, as far as it depends on the server. */
    synchronized void answered(Connection connection) {
        Optional.ofNullable(all.get(connection)).filter(waiting::add).ifPresent(Held::rest);
    }

    /** Closes connections that are late with a head; to be called a few times in each {@code headerTimeout}. */
    void closeLate() {
        late().forEach(held -> {
            LOG.debug("Closing {}: no complete request head in time", held.connection);
            close(held);
        });
    }

    private synchronized List<Held> late() {
        long now = nanoTime.getAsLong();
        List<Held> late = waiting.stream().filter(held -> held.late(now)).toList();
        late.forEach(this::forget);
        return late;
    }

    private static void close(Held held) {
        held.connection.getEndPoint().close();
    }

    /** How many connections are counted. */
    int count() {
        return all.size();
    }
}
