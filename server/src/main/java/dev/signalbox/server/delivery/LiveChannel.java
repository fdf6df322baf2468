package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.server.node.ServedChannel;

/** Connected clients; an address is a client's id. */
record LiveChannel(Sender sender) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return Address.client(address).id();
    }
}
