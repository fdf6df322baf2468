package dev.signalbox.endpoint.netty;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, in all and per address. What is refused is not counted. Thread-safe. */
final class ConnectionCounter {
    /** Refused connections that may wait for their request, so that it can be answered. More are closed at once. */
    private static final int MAX_REFUSED = 256;

    private static final int SITE_BYTES = 8;

    private final int max;
    private final int maxPerAddress;
    private final AtomicInteger total = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

    ConnectionCounter(ListenerOptions.Limits limits) {
        max = limits.maxConnections();
        maxPerAddress = limits.maxConnectionsPerAddress();
    }

    boolean tryAdd() {
        return tryIncrement(total, max);
    }

    void remove() {
        total.decrementAndGet();
    }

    boolean tryRefuse() {
        return tryIncrement(refused, MAX_REFUSED);
    }

    void removeRefused() {
        refused.decrementAndGet();
    }

    private static boolean tryIncrement(AtomicInteger count, int max) {
        return count.getAndUpdate(value -> value < max ? value + 1 : value) < max;
    }

    boolean tryAdd(InetAddress address) {
        boolean[] added = {false};
        perAddress.compute(site(address), (key, count) -> {
            int before = count == null ? 0 : count;
            added[0] = before < maxPerAddress;
            return added[0] ? Integer.valueOf(before + 1) : count;
        });
        return added[0];
    }

    void remove(InetAddress address) {
        perAddress.computeIfPresent(site(address), (key, count) -> count == 1 ? null : count - 1);
    }

    /** Who has an IPv6 network has all of its addresses, 2^64 at least: it counts as one. */
    private static InetAddress site(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, SITE_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IPv6 address has 16 bytes", e);
        }
    }
}
