package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.RequestException;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * Puts a message to a logic, on any node of the cluster; it counts when the logic has replied, whatever the reply is. One that has not
 * gets it again, with the same id. Thread-safe.
 */
final class LogicSender implements Sender {
    private static final int CONCURRENCY = 256;

    private final Router router;
    private final Set<String> names;
    private final Duration timeout;

    /**
     * @param names of the logic that messages may be sent to. Some logic does what not everybody may ask for who may send messages
     * @param timeout how long one attempt waits for the reply
     */
    LogicSender(Router router, Set<String> names, Duration timeout) {
        this.router = router;
        this.names = Set.copyOf(names);
        this.timeout = timeout;
    }

    /** Why no message may be sent to a logic; empty if one may. */
    Optional<String> refusal(String name) {
        return names.contains(name)
                ? Optional.empty()
                : Optional.of("no messages may be sent to logic '" + name + "'; " + DeliveryKeys.LOGIC_NAMES.path()
                        + " names those that may get some");
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        Optional<String> refusal = refusal(delivery.address());
        if (refusal.isPresent()) {
            // Another program enqueued it, or a node whose settings are newer, which may send it.
            return notSent(refusal.get());
        }
        Duration within = RoutedMessage.within(delivery, timeout);
        if (!within.isPositive()) {
            return notSent("no time was left");
        }
        if (!delivery.mayBegin()) {
            return notSent("its lease ran out before it began");
        }
        Message message = RoutedMessage.of(delivery, Address.logic(delivery.address()));
        try {
            var _ = router.request(message, within).toCompletableFuture().get();
            return new SendResult.Accepted(Optional.empty());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RequestException refused) {
                return refused(refused.error());
            }
            throw new IllegalStateException("the router failed to deliver " + delivery.id(), e.getCause());
        }
    }

    /** A logic that is not there may be on a node that is about to start. */
    private static SendResult refused(RouteError error) {
        return switch (error.code()) {
            case TOO_LARGE, PASSIVE_LOGIC, REJECTED, FORBIDDEN -> new SendResult.Rejected(error.message());
            default -> notSent(error.message());
        };
    }

    private static SendResult notSent(String reason) {
        return new SendResult.NotSent(reason, Optional.empty());
    }

    @Override
    public Channel channel() {
        return Channel.LOGIC;
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public int concurrency() {
        return CONCURRENCY;
    }

    @Override
    public Duration keyLifetime() {
        return RoutedMessage.ALWAYS;
    }

    /** What no logic replied to was not delivered, also where this node was killed while it waited. */
    @Override
    public boolean leavesDoubt() {
        return false;
    }
}
