/**
 * What clients of HTTP services need and {@code java.net.http} does not have: {@link HttpTransport}, which tells whether a
 * request had been written when it failed, {@link RetryAfter}, and a {@link CircuitBreaker}.
 */
@NullMarked
package dev.signalbox.http;

import org.jspecify.annotations.NullMarked;
