package dev.signalbox.delivery.suppression;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A sender that asks the suppression list and the preferences right before each attempt, so that also those who left while a
 * message waited get nothing more. Mail that recipients can silence gets a link to unsubscribe, if it has none of its own.
 *
 * <p>Where these cannot be read, nothing is sent: the attempt is {@link SendResult.NotSent}.
 */
public final class ScreenedSender implements Sender {
    private static final String UNSUBSCRIBE = "list-unsubscribe";

    private final Sender sender;
    private final SuppressionCheck check;
    private final Optional<UnsubscribeLinks> links;
    private final Consumer<Refusal> refused;

    /**
     * Screens a sender, which stays the caller's to close.
     *
     * @param refused hears of each attempt that was not made, on the thread that sends; it must not throw
     */
    public ScreenedSender(
            Sender sender, SuppressionCheck check, Optional<UnsubscribeLinks> links, Consumer<Refusal> refused) {
        this.sender = sender;
        this.check = check;
        this.links = links;
        this.refused = refused;
    }

    @Override
    public Channel channel() {
        return sender.channel();
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        Optional<Refusal> refusal;
        try {
            refusal = check.refusal(delivery.channel(), delivery.address(), delivery.headers());
        } catch (DatabaseException e) {
            return new SendResult.NotSent("the suppression list cannot be read: " + e.getMessage(), Optional.empty());
        }
        if (refusal.isPresent()) {
            refused.accept(refusal.get());
            return new SendResult.Rejected(refusal.get().words());
        }
        return sender.send(withLink(delivery));
    }

    private Delivery withLink(Delivery delivery) {
        if (!delivery.channel().equals(Channel.EMAIL) || !check.canBeSilenced(delivery.headers())) {
            return delivery;
        }
        return links.filter(_ -> !hasLink(delivery.headers()))
                .flatMap(all -> all.link(delivery.address(), SuppressionCheck.category(delivery.headers())))
                .map(link -> {
                    Map<String, String> headers = new HashMap<>(delivery.headers());
                    headers.put(UNSUBSCRIBE, link.toString());
                    return delivery.withHeaders(headers);
                })
                .orElse(delivery);
    }

    private static boolean hasLink(Map<String, String> headers) {
        return headers.keySet().stream().anyMatch(UNSUBSCRIBE::equalsIgnoreCase);
    }

    @Override
    public Duration timeout() {
        return sender.timeout();
    }

    @Override
    public int concurrency() {
        return sender.concurrency();
    }

    @Override
    public Duration keyLifetime() {
        return sender.keyLifetime();
    }

    @Override
    public boolean leavesDoubt() {
        return sender.leavesDoubt();
    }

    @Override
    public boolean sharesProvider() {
        return sender.sharesProvider();
    }

    @Override
    public List<Duration> schedule() {
        return sender.schedule();
    }
}
