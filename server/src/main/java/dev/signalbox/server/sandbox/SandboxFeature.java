package dev.signalbox.server.sandbox;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import java.util.List;
import java.util.Set;

/** Has nothing sent to people, where that is wished. Before the other features that are around senders, so that they still act. */
public final class SandboxFeature implements Feature {
    static final Key<Boolean> SANDBOX = Key.of(
            "delivery.sandbox",
            Kind.truth(),
            "false",
            "Sends nothing to anyone but connected clients and logic: messages become SENT all the same, with a provider's id that begins"
                    + " with `sandbox`. For trials with real addresses.");

    /** Channels that end at this server, or at who is connected to it. */
    private static final Set<Channel> WITHIN = Set.of(Channel.LIVE, Channel.TOPIC, Channel.LOGIC);

    @Override
    public String name() {
        return "sandbox";
    }

    @Override
    public List<Key<?>> keys() {
        return List.of(SANDBOX);
    }

    @Override
    public Part configure(Reading reading) {
        return reading.get(SANDBOX) ? SandboxFeature::start : node -> {};
    }

    private static void start(Node node) {
        node.channels().aroundSenders(sender -> WITHIN.contains(sender.channel()) ? sender : new SandboxSender(sender));
        node.health(
                "sandbox",
                () -> Health.Report.degraded("nothing is sent to anyone, since " + SANDBOX.path() + " is true"));
    }
}
