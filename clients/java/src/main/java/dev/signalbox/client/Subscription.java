package dev.signalbox.client;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A topic that the client subscribes to. It outlives connections: after each reconnect it goes on where it was, or a {@link Gap} says
 * what is missing. Thread-safe.
 */
public final class Subscription {
    private final String topic;
    private final TopicListener listener;
    private final Events events;
    private final Subscriptions owner;
    /** Null if the server began it, and not this client. */
    private final @Nullable TopicStart start;
    /** Settled in the loop, once the server has answered. */
    final CompletableFuture<Subscription> begun = new CompletableFuture<>();

    /** Before the server is asked for it again on the same connection. For the loop, as is the next. */
    final Backoff pauses;

    @Nullable
    ScheduledFuture<?> retry;

    private volatile @Nullable Position position;

    /** {@code start} is null if the server began it. */
    Subscription(
            String topic,
            @Nullable TopicStart start,
            TopicListener listener,
            Events events,
            Subscriptions owner,
            Backoff pauses) {
        this.topic = topic;
        this.start = start;
        this.listener = listener;
        this.events = events;
        this.owner = owner;
        this.pauses = pauses;
    }

    public String topic() {
        return topic;
    }

    /** The place of the last message that came, which the listener need not have been told yet; empty before the server has answered. */
    public Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    /** Ends it. Completes once the server has confirmed; without a connection at once, and the server is told with the next. */
    public CompletableFuture<Void> unsubscribe() {
        return owner.unsubscribe(this);
    }

    boolean isServers() {
        return start == null;
    }

    /** What asks the server for it, from where it is. */
    ObjectNode request() {
        ObjectNode frame = Frames.frame("subscribe").put("topic", topic);
        Position known = position;
        if (known != null) {
            return frame.put("epoch", known.epoch()).put("offset", known.offset());
        }
        return switch (start) {
            case TopicStart.After(Position after) ->
                frame.put("epoch", after.epoch()).put("offset", after.offset());
            case TopicStart.Oldest() -> frame.put("offset", 0);
            case TopicStart.Now() -> frame;
            case null -> frame;
        };
    }

    /** The server has said after which place messages follow. For the loop, as all below. */
    void begins(JsonNode frame) {
        Position next = Frames.position(frame);
        Position before = position == null && start instanceof TopicStart.After(Position after) ? after : position;
        position = next;
        pauses.reset();
        begun.complete(this);
        if (before != null && !before.epoch().equals(next.epoch())) {
            tell(new Gap(topic, 0, 0, Gap.Reason.NEW_EPOCH));
        } else if (before != null && next.offset() > before.offset()) {
            tell(new Gap(topic, before.offset() + 1, next.offset() + 1, Gap.Reason.LOST));
        }
    }

    void received(Message message) {
        Position before = position;
        if (before == null) {
            // Of an older subscription to the topic: of this one, nothing comes before the server's answer.
            return;
        }
        if (message.offset().isPresent()) {
            long offset = message.offset().getAsLong();
            if (offset <= before.offset()) {
                return;
            }
            position = new Position(before.epoch(), offset);
        }
        events.add(() -> listener.onMessage(message));
    }

    void gap(long expected, long next, boolean conflated) {
        Position before = position;
        if (before == null) {
            return;
        }
        position = new Position(before.epoch(), next - 1);
        tell(new Gap(topic, expected, next, conflated ? Gap.Reason.CONFLATED : Gap.Reason.LOST));
    }

    private void tell(Gap gap) {
        events.add(() -> listener.onGap(gap));
    }
}
