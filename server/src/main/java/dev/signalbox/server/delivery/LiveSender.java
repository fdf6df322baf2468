package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * Delivers to a connected client, through the router: it counts when the client acknowledges. A client that is away has
 * until the end of {@link Delivery#remaining()} to connect. Thread-safe.
 *
 * <p>A message that was shown but not acknowledged counts as not sent: that is what the caller asked for by giving the
 * step a time limit. The message keeps its id on every attempt, so that a client can tell a repetition.
 */
final class LiveSender implements Sender {
    private final Router router;
    private final Duration timeout;
    private final int concurrency;

    public LiveSender(Router router, Duration timeout, int concurrency) {
        this.router = router;
        this.timeout = timeout;
        this.concurrency = concurrency;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        Duration within = RoutedMessage.within(delivery, timeout);
        if (!within.isPositive()) {
            return notSent("no time was left");
        }
        if (!delivery.mayBegin()) {
            return notSent("its lease ran out before it began");
        }
        Message message = RoutedMessage.of(delivery, Address.client(delivery.address()));
        try {
            return result(
                    router.sendAcknowledged(message, within)
                            .toCompletableFuture()
                            .get(),
                    delivery,
                    within);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the router failed to deliver " + delivery.id(), e.getCause());
        }
    }

    private static SendResult result(AckResult result, Delivery delivery, Duration within) {
        return switch (result) {
            case AckResult.Acked() -> new SendResult.Accepted(Optional.empty());
            case AckResult.Expired(boolean sent) ->
                notSent(
                        sent
                                ? "client " + delivery.address() + " got it but did not acknowledge it within "
                                        + seconds(within)
                                : "client " + delivery.address() + " was not connected within " + seconds(within));
            case AckResult.Closed(boolean sent) ->
                notSent("the node stopped "
                        + (sent ? "before the client acknowledged it" : "before the client connected"));
            case AckResult.Rejected(RouteError error) -> refused(error);
        };
    }

    private static SendResult refused(RouteError error) {
        boolean passing = switch (error.code()) {
            case OVERLOADED, CLOSING, UNREACHABLE -> true;
            default -> false;
        };
        return passing ? notSent(error.message()) : new SendResult.Rejected(error.message());
    }

    private static SendResult notSent(String reason) {
        return new SendResult.NotSent(reason, Optional.empty());
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    @Override
    public Channel channel() {
        return Channel.LIVE;
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public Duration keyLifetime() {
        return RoutedMessage.ALWAYS;
    }

    /** What no client acknowledged was not delivered, also where this node was killed while it waited. */
    @Override
    public boolean leavesDoubt() {
        return false;
    }
}
