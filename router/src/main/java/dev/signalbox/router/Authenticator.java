package dev.signalbox.router;

import java.util.Optional;

/** Tells who a token stands for. Called on virtual threads, many at a time: it may block and must be thread-safe. */
@FunctionalInterface
public interface Authenticator {

    /** Empty if the token is not accepted. An exception counts as a fault of the server, not of the client. */
    Optional<Principal> authenticate(String token);
}
