package dev.signalbox.router;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * One session, as its endpoint sees it: what the client does is called here. Thread-safe; nothing blocks. To
 * keep a client's messages in order, call from one thread at a time.
 */
public interface ClientSession {

    SessionInfo info();

    /** Sends on behalf of the user. */
    SendReport send(Draft draft);

    /**
     * Asks one client or logic and completes with the reply, or with a {@link RequestException}. It ends with the session. What
     * depends on the result must not block: it may run on the router's own threads.
     *
     * @param within greater than zero; more than the router's longest wait is cut to that
     */
    CompletionStage<Message> request(Draft draft, Duration within);

    /** Answers a message of intent {@link Intent.Ask} that this client received. */
    SendReport reply(UUID request, Payload payload, Map<String, String> headers);

    /** As {@link Router#sendAcknowledged}, but it ends with the session. What depends on the result must not block. */
    CompletionStage<AckResult> sendAcknowledged(Draft draft, Duration within);

    /** The client has the message. False if nothing waited for that: it expired, or was acknowledged before. */
    boolean acknowledge(UUID message);

    /** The client has the message and does not want it. False if nothing waited for it. */
    boolean refuse(UUID message, String reason);

    /** The connection is closed. Only the first call counts. */
    void disconnected(CloseReason reason);
}
