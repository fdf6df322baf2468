package dev.signalbox.server.delivery;

import dev.signalbox.router.Address;
import dev.signalbox.server.node.ServedChannel;

/** Logic of the server; an address is its name. */
record LogicChannel(LogicSender sender) implements ServedChannel {
    @Override
    public String canonical(String address) {
        String name = Address.logic(address).name();
        sender.refusal(name).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
        return name;
    }
}
