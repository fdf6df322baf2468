package dev.signalbox.server.digest;

import dev.signalbox.delivery.digest.DigestSender;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.server.node.Channels;
import dev.signalbox.server.node.ServedChannel;
import java.util.Set;

/** Digests; an address is a channel and an address there. */
record DigestChannel(Sender sender, Channels channels) implements ServedChannel {
    /** The messages that close windows have a little more in theirs. */
    private static final int LONGEST = 480;

    private static final Set<Channel> SINGLE = Set.of(DigestSender.DIGEST, Channel.WEBHOOK);

    @Override
    public String canonical(String address) {
        Step to = Step.parse(address);
        if (SINGLE.contains(to.channel())) {
            throw new IllegalArgumentException(
                    "channel `" + to.channel() + "` has no digests: address it without `digest:`");
        }
        String canonical = to.channel() + ":" + channels.get(to.channel()).canonical(to.address());
        if (canonical.length() > LONGEST) {
            throw new IllegalArgumentException("the recipient of a digest has at most " + LONGEST + " characters");
        }
        return canonical;
    }

    @Override
    public boolean handsOn() {
        return true;
    }
}
