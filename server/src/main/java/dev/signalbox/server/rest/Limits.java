package dev.signalbox.server.rest;

import java.time.Duration;

/**
 * How much of the control plane its clients may take. The defaults suit one node with tens of operators and services.
 *
 * @param headerTimeout from the start of a connection, or from the first byte of a later request, to the end of the
 *     request's head; includes the TLS handshake; longer ones are closed
 * @param bodyTimeout how long a client may send nothing of a body, or take nothing of an answer; then it is cut
 * @param minBodyRate bytes a second that a body or an answer has to make on average after {@code bodyTimeout}; at least 1
 * @param idleTimeout how long a connection is kept open between requests
 * @param maxConnections connections at a time, at least 1
 * @param maxConnectionsPerAddress connections at a time from one IPv4 address or one IPv6 network of 64 bits, at least 1
 * @param maxRequests requests under way at a time, at least 1; health, metrics and streams have limits of their own
 * @param maxRequestsPerPrincipal requests under way at a time with one holder's tokens, at least 1
 */
public record Limits(
        Duration headerTimeout,
        Duration bodyTimeout,
        long minBodyRate,
        Duration idleTimeout,
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxRequests,
        int maxRequestsPerPrincipal) {
    private static final Limits DEFAULTS =
            new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), 500, Duration.ofSeconds(60), 2048, 256, 512, 64);

    public static Limits defaults() {
        return DEFAULTS;
    }

    public Limits {
        positive("headerTimeout", headerTimeout);
        positive("bodyTimeout", bodyTimeout);
        atLeastOne("minBodyRate", minBodyRate);
        positive("idleTimeout", idleTimeout);
        atLeastOne("maxConnections", maxConnections);
        atLeastOne("maxConnectionsPerAddress", maxConnectionsPerAddress);
        atLeastOne("maxRequests", maxRequests);
        atLeastOne("maxRequestsPerPrincipal", maxRequestsPerPrincipal);
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + " must be longer than 0, not " + value);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }

    public Limits withHeaderTimeout(Duration timeout) {
        return new Limits(
                timeout,
                bodyTimeout,
                minBodyRate,
                idleTimeout,
                maxConnections,
                maxConnectionsPerAddress,
                maxRequests,
                maxRequestsPerPrincipal);
    }

    public Limits withBodyTimeout(Duration timeout) {
        return new Limits(
                headerTimeout,
                timeout,
                minBodyRate,
                idleTimeout,
                maxConnections,
                maxConnectionsPerAddress,
                maxRequests,
                maxRequestsPerPrincipal);
    }

    public Limits withMinBodyRate(long bytesPerSecond) {
        return new Limits(
                headerTimeout,
                bodyTimeout,
                bytesPerSecond,
                idleTimeout,
                maxConnections,
                maxConnectionsPerAddress,
                maxRequests,
                maxRequestsPerPrincipal);
    }

    public Limits withIdleTimeout(Duration timeout) {
        return new Limits(
                headerTimeout,
                bodyTimeout,
                minBodyRate,
                timeout,
                maxConnections,
                maxConnectionsPerAddress,
                maxRequests,
                maxRequestsPerPrincipal);
    }

    public Limits withMaxConnections(int all, int perAddress) {
        return new Limits(
                headerTimeout,
                bodyTimeout,
                minBodyRate,
                idleTimeout,
                all,
                perAddress,
                maxRequests,
                maxRequestsPerPrincipal);
    }

    public Limits withMaxRequests(int all, int perPrincipal) {
        return new Limits(
                headerTimeout,
                bodyTimeout,
                minBodyRate,
                idleTimeout,
                maxConnections,
                maxConnectionsPerAddress,
                all,
                perPrincipal);
    }
}
