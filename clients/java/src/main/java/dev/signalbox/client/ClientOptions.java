package dev.signalbox.client;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a client connects and how long it has patience. Immutable; start from {@link #withToken} or {@link #withTokens}.
 *
 * @param tokens asked for each connection
 * @param resume whether the session waits for another connection when this one breaks; default true
 * @param timeout for the server's answer, for a connection, and then for its welcome; default 10 s
 * @param retry pauses between attempts to connect
 * @param maxCalls calls that may wait for their answers at a time; 1 to 1 million, default 1,000
 * @param maxEvents what may wait for the listener before the client stops reading; 1 to 1 million, default 1,000
 * @param tls which servers are trusted over {@code wss}; empty, the default, for what the JVM trusts
 */
public record ClientOptions(
        TokenSource tokens,
        boolean resume,
        Duration timeout,
        Retry retry,
        int maxCalls,
        int maxEvents,
        Optional<SSLContext> tls) {
    private static final int MOST = 1_000_000;

    /**
     * Pauses between attempts to connect: random, up to a bound that doubles with each attempt.
     *
     * @param first bound; positive, default 500 ms
     * @param most bound; no less than the first, default 30 s
     */
    public record Retry(Duration first, Duration most) {
        public Retry {
            if (!first.isPositive() || most.compareTo(first) < 0) {
                throw new IllegalArgumentException(
                        "the first bound of pauses must be positive and no more than the last, not " + first + " and "
                                + most);
            }
        }
    }

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming the first that is out of its range
     */
    public ClientOptions {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be positive, not " + timeout);
        }
        requireCount("maxCalls", maxCalls);
        requireCount("maxEvents", maxEvents);
    }

    private static void requireCount(String name, int value) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(name + " must be 1 to " + MOST + ", not " + value);
        }
    }

    /** With a token that stays; once the server refuses it, the client is closed. */
    public static ClientOptions withToken(String token) {
        return withTokens(new FixedToken(token));
    }

    /** With tokens that are asked for; once the server has refused three in a row, the client is closed. */
    public static ClientOptions withTokens(TokenSource tokens) {
        return new ClientOptions(
                tokens,
                true,
                Duration.ofSeconds(10),
                new Retry(Duration.ofMillis(500), Duration.ofSeconds(30)),
                1_000,
                1_000,
                Optional.empty());
    }

    public ClientOptions withResume(boolean changed) {
        return new ClientOptions(tokens, changed, timeout, retry, maxCalls, maxEvents, tls);
    }

    public ClientOptions withTimeout(Duration changed) {
        return new ClientOptions(tokens, resume, changed, retry, maxCalls, maxEvents, tls);
    }

    public ClientOptions withRetry(Duration first, Duration most) {
        return new ClientOptions(tokens, resume, timeout, new Retry(first, most), maxCalls, maxEvents, tls);
    }

    public ClientOptions withMaxCalls(int changed) {
        return new ClientOptions(tokens, resume, timeout, retry, changed, maxEvents, tls);
    }

    public ClientOptions withMaxEvents(int changed) {
        return new ClientOptions(tokens, resume, timeout, retry, maxCalls, changed, tls);
    }

    public ClientOptions withTls(SSLContext trust) {
        return new ClientOptions(tokens, resume, timeout, retry, maxCalls, maxEvents, Optional.of(trust));
    }
}
