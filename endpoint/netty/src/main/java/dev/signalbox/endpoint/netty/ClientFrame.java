package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import dev.signalbox.router.Draft;
import dev.signalbox.router.Payload;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.TopicStart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a client can say in JSON; see docs/protocol.md. An {@code id} is the client's own name for the frame. */
sealed interface ClientFrame {

    /** The client's own name for it; null if it has none. */
    default @Nullable String id() {
        return null;
    }

    /** What it takes in memory, roughly, in bytes. */
    default int weight() {
        return switch (this) {
            case Send send -> weight(send.draft());
            case SendAcknowledged send -> weight(send.draft());
            case Request request -> weight(request.draft());
            case Publish publish -> weight(publish.draft());
            case PublishVolatile publish -> weight(publish.draft());
            case Reply reply -> weight(new Draft(List.of(), reply.payload(), reply.headers()));
            default -> 0;
        };
    }

    private static int weight(Draft draft) {
        int headers = draft.headers().entrySet().stream()
                .mapToInt(each -> each.getKey().length() + each.getValue().length())
                .sum();
        return draft.payload().size() + headers + 64 * draft.targets().size();
    }

    /** {@code start} is the session that it wants; empty for what it asked for in the handshake. */
    record Auth(String token, Optional<SessionStart> start) implements ClientFrame {}

    record Send(@Nullable String id, Draft draft) implements ClientFrame {}

    record SendAcknowledged(@Nullable String id, Draft draft, Duration within) implements ClientFrame {}

    record Request(String id, Draft draft, Duration within) implements ClientFrame {}

    record Reply(UUID request, Payload payload, Map<String, String> headers) implements ClientFrame {}

    record Ack(UUID message) implements ClientFrame {}

    record Nack(UUID message, String reason) implements ClientFrame {}

    record Use(@Nullable String id, List<Address> targets) implements ClientFrame {}

    record Subscribe(String id, Address.Topic topic, TopicStart from) implements ClientFrame {}

    record Unsubscribe(@Nullable String id, Address.Topic topic) implements ClientFrame {}

    record Presence(String id, Address.Topic topic) implements ClientFrame {}

    record Publish(@Nullable String id, Address.Topic topic, Draft draft, Optional<String> key)
            implements ClientFrame {}

    /** To those who subscribe now. */
    record PublishVolatile(@Nullable String id, Address.Topic topic, Draft draft) implements ClientFrame {}

    record Ping(@Nullable String id) implements ClientFrame {}

    /** The answer to the server's ping; being heard is all that it is for. */
    record Pong() implements ClientFrame {}
}
