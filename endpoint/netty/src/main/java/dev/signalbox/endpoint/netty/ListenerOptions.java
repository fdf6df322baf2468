package dev.signalbox.endpoint.netty;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where an endpoint listens and what it allows its clients, whatever they speak. Immutable; start from {@link #on} and change
 * what differs.
 *
 * @param place a port, or the file of a Unix domain socket
 * @param tls the server's certificate; empty, the default, means plain text
 * @param proxies who stands between clients and this endpoint; by default nobody
 */
public record ListenerOptions(Place place, Limits limits, Timeouts timeouts, Optional<Tls> tls, Proxies proxies) {

    private static final String LOOPBACK = "127.0.0.1";

    /** Where an endpoint listens. */
    public sealed interface Place {}

    /**
     * A TCP port.
     *
     * @param host the address to listen on; use {@code 0.0.0.0} for all
     * @param number 0 to 65535, where 0 picks a free one
     */
    public record Port(String host, int number) implements Place {
        public Port {
            requireRange("port", number, 0, 65_535);
            if (host.isBlank()) {
                throw new IllegalArgumentException("host must not be blank; 0.0.0.0 listens on all addresses");
            }
        }
    }

    /**
     * A Unix domain socket: for programs and proxies on the same machine. It has its permissions from the moment it can be found.
     * A file that a dead process left is replaced, one that somebody listens on is not. The file is removed when the endpoint
     * stops accepting; an empty one whose name ends with {@code .lock} stays beside it.
     *
     * <p>Clients have no address there: the limit of connections per address does not hold, and with {@link Proxies} everybody who
     * may open the file is trusted to tell the clients' addresses.
     *
     * @param path at most 97 bytes, made absolute; its folder has to exist
     * @param permissions of the file; on Linux, connecting takes the permission to write
     */
    public record UnixSocket(Path path, Set<PosixFilePermission> permissions) implements Place {
        private static final int MAX_BYTES = 97;

        public UnixSocket {
            path = path.toAbsolutePath().normalize();
            permissions = Set.copyOf(permissions);
            int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                throw new IllegalArgumentException("the path of a socket may have " + MAX_BYTES + " bytes, not " + bytes
                        + ": choose a shorter one than " + path);
            }
        }
    }

    /**
     * What one client, and all together, may take.
     *
     * @param maxFrameBytes largest frame from a client, its envelope included; 1 KiB to 128 MiB, default 512 KiB
     * @param maxOutboundBytes what may wait to be sent to one client, once before and once in its socket's queue; beyond it
     *     the client is disconnected as a slow consumer; 4 KiB to 1 GiB, default 1 MiB
     * @param maxConnections 1 to 10 million, default 100,000
     * @param maxConnectionsPerAddress 1 to 10 million, default 1,000
     * @param maxMessagesPerSecond sent by one client, pings included, with one second's worth at once; 1 to 1 million, default
     *     1,000
     * @param minBytesPerSecond how fast a message has to come in on average, once it has taken longer than the idle timeout;
     *     0 to 1 GiB, default 1 KiB, where 0 is no bound
     */
    public record Limits(
            int maxFrameBytes,
            int maxOutboundBytes,
            int maxConnections,
            int maxConnectionsPerAddress,
            int maxMessagesPerSecond,
            int minBytesPerSecond) {
        public Limits {
            requireRange("maxFrameBytes", maxFrameBytes, 1 << 10, 128 << 20);
            requireRange("maxOutboundBytes", maxOutboundBytes, 4 << 10, 1 << 30);
            requireRange("maxConnections", maxConnections, 1, 10_000_000);
            requireRange("maxConnectionsPerAddress", maxConnectionsPerAddress, 1, 10_000_000);
            requireRange("maxMessagesPerSecond", maxMessagesPerSecond, 1, 1_000_000);
            requireRange("minBytesPerSecond", minBytesPerSecond, 0, 1 << 30);
        }
    }

    /**
     * How long the endpoint has patience. Each is 10 ms to 1 day.
     *
     * @param handshake from the connection to the finished HTTP upgrade; default 10 s
     * @param authentication from the upgrade to an accepted token; default 5 s
     * @param idle without a single byte from the client, pongs included; a ping is sent at half of it; default 60 s
     * @param close for the client's answer to a close frame; default 3 s
     */
    public record Timeouts(Duration handshake, Duration authentication, Duration idle, Duration close) {
        public Timeouts {
            requireRange("handshake", handshake);
            requireRange("authentication", authentication);
            requireRange("idle", idle);
            requireRange("close", close);
        }
    }

    /** Where the address of a client is taken from. */
    public enum AddressSource {
        /** The connection itself. */
        CONNECTION,
        /** The PROXY protocol, version 1 or 2, with which each connection from a trusted proxy then has to begin. */
        PROXY_PROTOCOL,
        /** The header {@code X-Forwarded-For}. */
        X_FORWARDED_FOR,
        /** The header {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    /**
     * Load balancers and other proxies in front of the endpoint. A proxy that is not trusted is taken for a client.
     *
     * @param source where they tell the client's address
     * @param trusted their own addresses
     */
    public record Proxies(AddressSource source, List<AddressRange> trusted) {
        /** Clients connect directly. */
        public static final Proxies NONE = new Proxies(AddressSource.CONNECTION, List.of());

        /**
         * Checks that somebody can tell the addresses.
         *
         * @throws IllegalArgumentException if addresses are to be told, but nobody is trusted to tell them
         */
        public Proxies {
            trusted = List.copyOf(trusted);
            if (source != AddressSource.CONNECTION && trusted.isEmpty()) {
                throw new IllegalArgumentException(
                        "to take addresses from " + source + ", some proxies must be trusted");
            }
        }

        /** Whether clients' addresses are told by proxies. */
        boolean tell() {
            return source != AddressSource.CONNECTION;
        }

        boolean trusts(InetAddress address) {
            return tell() && trusted.stream().anyMatch(range -> range.contains(address));
        }
    }

    /**
     * PEM files.
     *
     * @param certificateChain the server's certificate with its chain
     * @param privateKey its private key in PKCS#8 without a password
     * @param clientAuthorities who has to have signed the certificate that each client then needs (mutual TLS); empty if clients
     *     need none
     */
    public record Tls(Path certificateChain, Path privateKey, Optional<Path> clientAuthorities) {}

    /** The defaults, on the loopback address. */
    public static ListenerOptions on(int port) {
        return new ListenerOptions(
                new Port(LOOPBACK, port),
                new Limits(512 << 10, 1 << 20, 100_000, 1_000, 1_000, 1 << 10),
                new Timeouts(
                        Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(3)),
                Optional.empty(),
                Proxies.NONE);
    }

    /** The same on another port of the same host; on the loopback address, if it was the file of a Unix socket. */
    public ListenerOptions withPort(int number) {
        return at(new Port(place instanceof Port port ? port.host() : LOOPBACK, number));
    }

    /** The same in another place. */
    public ListenerOptions at(Place changed) {
        return new ListenerOptions(changed, limits, timeouts, tls, proxies);
    }

    public ListenerOptions withLimits(Limits changed) {
        return new ListenerOptions(place, changed, timeouts, tls, proxies);
    }

    public ListenerOptions withTimeouts(Timeouts changed) {
        return new ListenerOptions(place, limits, changed, tls, proxies);
    }

    public ListenerOptions withTls(Tls changed) {
        return new ListenerOptions(place, limits, timeouts, Optional.of(changed), proxies);
    }

    public ListenerOptions withProxies(Proxies changed) {
        return new ListenerOptions(place, limits, timeouts, tls, changed);
    }

    static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }

    static void requireRange(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the " + name + " timeout must be 10 ms to 1 day, not " + value);
        }
    }
}
