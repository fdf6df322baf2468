package dev.signalbox.server.rest;

import java.util.Optional;

/** Tells whose a bearer token is. Called for every request under {@code /api} and {@code /metrics}; thread-safe. */
@FunctionalInterface
public interface Authorizer {
    /**
     * The token's holder, or empty if nobody holds it. Should compare in constant time.
     *
     * @param token empty if the request has none
     */
    Optional<Principal> identify(String token);
}
