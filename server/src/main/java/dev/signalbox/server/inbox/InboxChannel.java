package dev.signalbox.server.inbox;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.server.node.ServedChannel;

/** Inboxes; an address is a client's id, whether that client ever connects or not. */
record InboxChannel(Sender sender) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return InboxTopics.name(Address.client(address).id());
    }
}
