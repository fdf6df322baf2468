package dev.signalbox.server.node;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Sender;
import java.util.Optional;

/**
 * A channel as this server serves it: who sends, what an address looks like, and what can be refused before it is enqueued,
 * so that the caller hears of a mistake and not, later, the provider. Thread-safe.
 */
public interface ServedChannel {
    Sender sender();

    default Channel channel() {
        return sender().channel();
    }

    /**
     * The address in its one canonical form, by which messages to it are found again.
     *
     * @throws IllegalArgumentException if the address cannot exist on this channel, in words for the caller
     */
    String canonical(String address);

    /**
     * Whether it only hands messages on within this server, as to an address of another channel: then its addresses are a channel
     * and an address there. What runs around senders does so when these are sent.
     */
    default boolean handsOn() {
        return false;
    }

    /** Why a body can never be sent over this channel, such as that it is too long; empty if it can. */
    default Optional<String> refusal(String body) {
        return Optional.empty();
    }
}
