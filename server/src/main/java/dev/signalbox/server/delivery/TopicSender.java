package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.Message;
import dev.signalbox.router.Position;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Publishes to a topic of clients; it counts when the topic has the message. Each attempt has the same id and the same key: a topic
 * takes a repetition once, as long as it remembers the key. Thread-safe.
 */
final class TopicSender implements Sender {
    private static final int CONCURRENCY = 256;

    /** Longer than a router waits for the history of a topic that the cluster shares. */
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final Router router;

    TopicSender(Router router) {
        this.router = router;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        if (!delivery.mayBegin()) {
            return new SendResult.NotSent("its lease ran out before it began", Optional.empty());
        }
        Message message = RoutedMessage.of(delivery, Address.topic(delivery.address()));
        return result(router.publish(message, Optional.of(delivery.idempotencyKey())), delivery);
    }

    private static SendResult result(Publishing publishing, Delivery delivery) throws InterruptedException {
        return switch (publishing) {
            case Publishing.Published(Position position, boolean _) ->
                new SendResult.Accepted(Optional.of(position.epoch() + ":" + position.offset()));
            case Publishing.Passed() -> new SendResult.Accepted(Optional.empty());
            case Publishing.Refused(RouteError error) -> refused(error);
            case Publishing.Later(CompletionStage<Publishing> outcome) -> awaited(outcome, delivery);
        };
    }

    private static SendResult awaited(CompletionStage<Publishing> outcome, Delivery delivery)
            throws InterruptedException {
        Duration within = RoutedMessage.within(delivery, TIMEOUT);
        try {
            return result(outcome.toCompletableFuture().get(within.toMillis(), TimeUnit.MILLISECONDS), delivery);
        } catch (TimeoutException e) {
            return new SendResult.Unknown("the topic's history did not answer within " + within);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the router failed to publish " + delivery.id(), e.getCause());
        }
    }

    private static SendResult refused(RouteError error) {
        return switch (error.code()) {
            case OVERLOADED, CLOSING, UNREACHABLE -> new SendResult.NotSent(error.message(), Optional.empty());
            case TIMEOUT -> new SendResult.Unknown(error.message());
            default -> new SendResult.Rejected(error.message());
        };
    }

    @Override
    public Channel channel() {
        return Channel.TOPIC;
    }

    @Override
    public Duration timeout() {
        return TIMEOUT;
    }

    @Override
    public int concurrency() {
        return CONCURRENCY;
    }

    @Override
    public Duration keyLifetime() {
        return RoutedMessage.ALWAYS;
    }
}
