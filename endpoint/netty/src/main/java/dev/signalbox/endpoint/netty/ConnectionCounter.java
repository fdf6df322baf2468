package dev.signalbox.endpoint.netty;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, in all and per address. Thread-safe. */
final class ConnectionCounter {

    /** Whether a connection may stay. */
    enum Verdict {
        OK,
        TOO_MANY,
        TOO_MANY_FROM_ADDRESS
    }

    private final WebSocketOptions.Limits limits;
    private final AtomicInteger total = new AtomicInteger();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

    ConnectionCounter(WebSocketOptions.Limits limits) {
        this.limits = limits;
    }

    /** Counts one, also if it may not stay: {@link #remove} undoes it in any case. */
    Verdict add(InetAddress address) {
        int fromAddress = perAddress.merge(address, 1, Integer::sum);
        if (total.incrementAndGet() > limits.maxConnections()) {
            return Verdict.TOO_MANY;
        }
        return fromAddress > limits.maxConnectionsPerAddress() ? Verdict.TOO_MANY_FROM_ADDRESS : Verdict.OK;
    }

    void remove(InetAddress address) {
        total.decrementAndGet();
        perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
