package dev.signalbox.http;

import dev.signalbox.tls.Trust;
import java.time.Duration;

/**
 * How an {@link HttpTransport} connects and how much it keeps. Invalid values cannot be built: the constructor throws
 * {@link IllegalArgumentException}.
 *
 * @param connectTimeout the part of an exchange that finding the host, connecting and the TLS handshake may take; 10 ms to
 *     10 min
 * @param kept idle connections in all that are kept for the next exchange, 0 to 65,536; more are closed
 * @param largestBody the longest body of an answer that is read, in bytes; 0 to 16 MiB
 * @param settling how long a connection to a host that has not yet shown to keep connections rests before it is used again
 * @param trust whose certificates are believed
 */
public record HttpTransportOptions(Duration connectTimeout, int kept, int largestBody, Duration settling, Trust trust) {
    private static final Duration SHORTEST_CONNECT = Duration.ofMillis(10);
    private static final Duration LONGEST_CONNECT = Duration.ofMinutes(10);
    private static final int MOST_KEPT = 65_536;
    private static final int LARGEST_BODY = 16 * 1024 * 1024;

    public HttpTransportOptions {
        check(
                connectTimeout.compareTo(SHORTEST_CONNECT) >= 0 && connectTimeout.compareTo(LONGEST_CONNECT) <= 0,
                "connectTimeout " + connectTimeout + " is not in " + SHORTEST_CONNECT + ".." + LONGEST_CONNECT);
        check(kept >= 0 && kept <= MOST_KEPT, "kept " + kept + " is not in 0.." + MOST_KEPT);
        check(
                largestBody >= 0 && largestBody <= LARGEST_BODY,
                "largestBody " + largestBody + " is not in 0.." + LARGEST_BODY);
        check(!settling.isNegative(), "settling is negative");
    }

    /** 2 s to connect, 64 connections kept, bodies up to 64 KiB, 50 ms to settle, the system's authorities. */
    public static HttpTransportOptions defaults() {
        return new HttpTransportOptions(Duration.ofSeconds(2), 64, 64 * 1024, Duration.ofMillis(50), Trust.system());
    }

    public HttpTransportOptions withConnectTimeout(Duration value) {
        return new HttpTransportOptions(value, kept, largestBody, settling, trust);
    }

    public HttpTransportOptions withKept(int value) {
        return new HttpTransportOptions(connectTimeout, value, largestBody, settling, trust);
    }

    public HttpTransportOptions withLargestBody(int bytes) {
        return new HttpTransportOptions(connectTimeout, kept, bytes, settling, trust);
    }

    public HttpTransportOptions withSettling(Duration value) {
        return new HttpTransportOptions(connectTimeout, kept, largestBody, value, trust);
    }

    public HttpTransportOptions withTrust(Trust value) {
        return new HttpTransportOptions(connectTimeout, kept, largestBody, settling, value);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
