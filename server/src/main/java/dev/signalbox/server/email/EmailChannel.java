package dev.signalbox.server.email;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.mail.MailAddress;
import dev.signalbox.server.node.ServedChannel;

/** Mail: addresses are kept as they are written, with the domain in lower case and ASCII. */
record EmailChannel(Sender sender) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return MailAddress.of(address).address();
    }
}
