package dev.signalbox.server.rest;


import java.util.Optional;

/** Tells what a bearer token allows. Called for every request under {@code /api} and {@code /metrics}; thread-safe. */
@FunctionalInterface
public interface Authorizer {
    /** The role of the token's holder, or empty if nobody holds it. Should compare in constant time. */
    Optional<Role> roleOf(String token);
}
