package dev.signalbox.testing.contract;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A client of the endpoint under test, in the words that all transports share. One thread at a time. */
public interface TestClient extends AutoCloseable {

    /** What a client can see. */
    sealed interface Event {
        record Welcome(String clientId) implements Event {}

        record Incoming(UUID id, String from, Payload payload, boolean acknowledge) implements Event {}

        record Asked(UUID id, String from, Payload payload) implements Event {}

        record Replied(String id, String from, Payload payload) implements Event {}

        record Ok(String id) implements Event {}

        /** Messages of a topic follow after this offset. */
        record Subscribed(String id, UUID epoch, long offset, boolean recovered) implements Event {}

        /** The server has subscribed the session to a topic, whose messages follow after this offset. */
        record Joined(String topic, long offset) implements Event {}

        /** The server has ended a subscription. */
        record Left(String topic) implements Event {}

        /** What was published has this offset. */
        record Placed(String id, long offset, boolean repeated) implements Event {}

        /** A message of a topic; the offset of a volatile one is 0. */
        record Published(String topic, long offset, Payload payload) implements Event {}

        /** Messages of a topic are lost, from one offset to the one before another. */
        record Gap(String topic, long expected, long next) implements Event {}

        record Failed(Optional<String> id, String code, String message) implements Event {}

        record Closed(CloseReason reason) implements Event {}
    }

    /** Sends a token in-band, where the transport has that. */
    void authenticate(String token);

    void send(Optional<String> id, List<String> to, Payload payload);

    void sendAcknowledged(String id, String to, Payload payload, Duration within);

    void request(String id, String to, Payload payload, Duration within);

    void reply(UUID request, Payload payload);

    void acknowledge(UUID message);

    void refuse(UUID message, String reason);

    /** Subscribes to a topic: after a position, or from now on. */
    void subscribe(String id, String topic, Optional<Position> from);

    void unsubscribe(String id, String topic);

    void publish(String id, String topic, Payload payload, Optional<String> key);

    void publishVolatile(String id, String topic, Payload payload);

    /** Sends something that no protocol of ours is. */
    void sendRubbish();

    /** Stops taking bytes from the network. */
    void stopReading();

    void startReading();

    /** The next event; an {@link AssertionError} if there is none within 10 s. */
    Event next();

    /** Breaks the connection without a goodbye. */
    void abort();

    /** Says goodbye. */
    @Override
    void close();
}
