package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;

/** Reads addresses before they are enqueued, so that the caller hears what is wrong and not the provider. Thread-safe. */
@FunctionalInterface
public interface Addresses {
    /**
     * The address in its one canonical form, by which messages to it are found again.
     *
     * @throws IllegalArgumentException if the channel is not served or the address cannot exist on it, in words for the
     *     caller
     */
    String canonical(Channel channel, String address);
}
