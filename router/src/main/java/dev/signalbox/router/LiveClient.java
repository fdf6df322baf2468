package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connected client. Thread-safe. */
final class LiveClient implements ClientSession {
    private final Address.Client address;
    private final ClientIdentity identity;
    private final Connection connection;
    private final MessageRouter router;
    private final long connectedAt;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long lastMessageAt;

    LiveClient(ClientIdentity identity, Connection connection, MessageRouter router) {
        this.address = Address.client(identity.id());
        this.identity = identity;
        this.connection = connection;
        this.router = router;
        this.connectedAt = router.clock().millis();
        this.lastMessageAt = connectedAt;
    }

    Address.Client address() {
        return address;
    }

    boolean offer(Message message) {
        if (connection.offer(message)) {
            return true;
        }
        connection.close(CloseReason.SLOW_CONSUMER);
        return false;
    }

    void close(CloseReason reason) {
        connection.close(reason);
    }

    /** True once, for the caller that ended it. */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    @Override
    public ClientInfo client() {
        return new ClientInfo(
                identity.id(),
                identity.metadata(),
                connection.remoteAddress(),
                Instant.ofEpochMilli(connectedAt),
                Instant.ofEpochMilli(lastMessageAt));
    }

    @Override
    public SendReport send(Draft draft) {
        return router.receive(message(draft));
    }

    @Override
    public CompletionStage<Message> request(Draft draft, Duration within) {
        return router.receiveRequest(message(draft), within);
    }

    @Override
    public SendReport reply(UUID request, Payload payload, Map<String, String> headers) {
        Address requester = router.requester(request);
        if (requester == null) {
            touch();
            return SendReport.failed(request, RouteError.unknownRequest(request, address));
        }
        Message reply = message(new Draft(List.of(requester), payload, headers));
        return router.receive(reply.withIntent(new Intent.Reply(request)));
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Draft draft, Duration within) {
        return router.receiveAcknowledged(message(draft), within);
    }

    @Override
    public boolean acknowledge(UUID message) {
        touch();
        return router.acknowledged(address, message, new AckResult.Acked());
    }

    @Override
    public boolean refuse(UUID message, String reason) {
        touch();
        RouteError error = RouteError.to(
                address, ErrorCode.REJECTED, "the client refused the message: " + Strings.excerpt(reason));
        return router.acknowledged(address, message, new AckResult.Rejected(error));
    }

    @Override
    public void disconnected(CloseReason reason) {
        router.disconnected(this, reason);
    }

    private Message message(Draft draft) {
        touch();
        Message message = Message.of(address, draft.targets(), draft.payload());
        return draft.headers().isEmpty() ? message : message.withHeaders(draft.headers());
    }

    private void touch() {
        lastMessageAt = router.clock().millis();
    }
}
