package dev.signalbox.router;

import java.util.concurrent.CompletionStage;

/** The router, as an endpoint sees it. Thread-safe; nothing here blocks. */
public interface ClientGateway {

    /** Whether a client was let in. */
    sealed interface Admission {
        /** It is registered; from now on messages are offered to its connection. */
        record Admitted(ClientSession session) implements Admission {}

        /** It is not; close the connection with this reason. */
        record Refused(CloseReason reason) implements Admission {}
    }

    /** Announces an authenticated client, whose session ends with its connection. */
    default Admission connect(Principal principal, Connection connection) {
        return connect(principal, connection, new SessionStart.Fresh());
    }

    /** Announces an authenticated client with a session that it has, or will come back to. */
    Admission connect(Principal principal, Connection connection, SessionStart start);

    /**
     * Brings the session here that the client wants to come back to, if another node of the cluster has it: {@link #connect} finds it then. Completes
     * once that has worked, or has not, after about two seconds at most; at once if there is nothing to bring. What depends on it must not block.
     */
    CompletionStage<Void> fetch(Principal principal, SessionStart start);

    /** What is sent to all: every session is a subscriber from its beginning to its end. */
    Topic everyone();

    /** The largest payload that the router passes on, in bytes. */
    int maxPayloadBytes();

    /** The most bytes that one message can take in JSON, its headers and all else included. */
    int maxEncodedBytes();
}
