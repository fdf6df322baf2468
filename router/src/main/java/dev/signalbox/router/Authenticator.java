package dev.signalbox.router;

import java.util.Optional;

/** Tells who a token stands for. Must be thread-safe: it is called many times at once. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Empty if the token is not accepted. An exception counts as a fault of the server, not of the client. It may block, on a virtual thread that is
     * interrupted once nobody waits for the answer, unless it {@linkplain #isImmediate() must not}.
     */
    Optional<Principal> authenticate(String token);

    /**
     * Whether {@link #authenticate} only computes, and that within some ten microseconds: endpoints then call it on their event loops, so that a
     * connection needs no thread of its own to come in. What takes longer holds up all clients of the loop. Always the same; false by default.
     */
    default boolean isImmediate() {
        return false;
    }

    /** The same authenticator, as one that {@linkplain #isImmediate() only computes}. */
    static Authenticator immediate(Authenticator computing) {
        return new Authenticator() {
            @Override
            public Optional<Principal> authenticate(String token) {
                return computing.authenticate(token);
            }

            @Override
            public boolean isImmediate() {
                return true;
            }
        };
    }
}
