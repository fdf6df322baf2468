package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.server.node.ServedChannel;
import java.util.Set;

/**
 * Logic of the server; an address is its name.
 *
 * @param names those that messages may be sent to. Some logic does what not everybody may ask for who may send messages
 */
record LogicChannel(Sender sender, Set<String> names) implements ServedChannel {
    LogicChannel {
        names = Set.copyOf(names);
    }

    @Override
    public String canonical(String address) {
        String name = Address.logic(address).name();
        if (!names.contains(name)) {
            throw new IllegalArgumentException("no messages may be sent to logic '" + name + "'; "
                    + DeliveryKeys.LOGIC_NAMES.path() + " names those that may get some");
        }
        return name;
    }
}
