package dev.signalbox.server;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.delivery.sms.PhoneNumber;
import dev.signalbox.router.Address;
import dev.signalbox.server.delivery.Addresses;
import java.util.Optional;

/** The addresses that this server's channels can reach, so that nobody has to wait for a delivery to hear of a typing error. */
record ServedAddresses(Optional<HttpSmsOptions> sms, Optional<Channel> commands) implements Addresses {

    @Override
    public String canonical(Channel channel, String address) {
        if (channel.equals(Channel.LIVE)) {
            return Address.client(address).id();
        }
        if (channel.equals(Channel.SMS)) {
            String region = sms.flatMap(HttpSmsOptions::defaultRegion).orElse(null);
            return PhoneNumber.parse(address, region).e164();
        }
        if (commands.filter(channel::equals).isPresent()) {
            return address;
        }
        throw new IllegalArgumentException("nothing is sent over channel " + channel + " here; there is " + Channel.LIVE
                + " and " + Channel.SMS + commands.map(own -> " and " + own).orElse(""));
    }
}
