package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.server.node.ServedChannel;

/** Topics of clients; an address is a topic's name. */
record TopicChannel(Sender sender) implements ServedChannel {
    @Override
    public String canonical(String address) {
        Address.Topic topic = Address.topic(address);
        if (topic.isPattern()) {
            throw new IllegalArgumentException(
                    "topic name '" + topic.name() + "' stands for many topics; name one to publish to");
        }
        return topic.name();
    }
}
