package dev.signalbox.router;

/**
 * Decides what users may do. Called for whatever comes from a client, on network threads: it must be thread-safe and must not
 * block. If it throws, the answer is no.
 */
@FunctionalInterface
public interface Authorizer {

    /** What a user wants to do. */
    enum Operation {
        /** Send to a client, a session, a logic, or all. */
        SEND,
        /** Publish to a topic. */
        PUBLISH,
        /** Subscribe to a topic, or to all topics of a {@linkplain Address.Topic#isPattern pattern}. */
        SUBSCRIBE
    }

    /** Every user may send; no user may use topics. */
    Authorizer WITHOUT_TOPICS = (principal, operation, address) -> operation == Operation.SEND;

    boolean allows(Principal principal, Operation operation, Address address);
}
