package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import picocli.CommandLine.ITypeConverter;

/** A channel in an option. */
final class ChannelOption implements ITypeConverter<Channel> {
    @Override
    public Channel convert(String name) {
        return new Channel(name);
    }
}
