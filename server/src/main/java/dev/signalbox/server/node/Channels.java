package dev.signalbox.server.node;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The channels of a node. Features add theirs while the node starts; afterwards it does not change. Thread-safe. */
public final class Channels {
    private final Map<String, ServedChannel> served = new ConcurrentSkipListMap<>();
    private final Map<String, String> missing = new ConcurrentSkipListMap<>();
    private volatile UnaryOperator<Sender> aroundSenders = UnaryOperator.identity();
    private volatile Screen screen = (chain, headers) -> Optional.empty();

    /** Says why a message is not taken, such as that none of its recipients wants it; empty if it is. Thread-safe. */
    public interface Screen {
        Optional<String> refusal(List<Step> chain, Map<String, String> headers);
    }

    /** Adds a channel; throws IllegalArgumentException if there is one of that name. */
    public void add(ServedChannel channel) {
        if (served.putIfAbsent(channel.channel().name(), channel) != null) {
            throw new IllegalArgumentException("two senders serve the channel " + channel.channel()
                    + ": give one of them another name (delivery.exec.channel)");
        }
    }

    public boolean serves(Channel channel) {
        return served.containsKey(channel.name());
    }

    /** Says which setting a channel needs that is not served. */
    public void missing(String channel, String setting) {
        missing.put(channel, setting);
    }

    /**
     * Runs around each sender, those of channels included that are added later, and around what was to run around them so far.
     * Before the senders are first asked for.
     */
    public void aroundSenders(UnaryOperator<Sender> around) {
        UnaryOperator<Sender> before = aroundSenders;
        aroundSenders = sender -> around.apply(before.apply(sender));
    }

    /** Has messages looked at before they are enqueued. */
    public void screen(Screen other) {
        screen = other;
    }

    /** Why a message is not taken; empty if it is. */
    public Optional<String> refusal(List<Step> chain, Map<String, String> headers) {
        return screen.refusal(chain.stream().map(this::inTheEnd).toList(), headers);
    }

    private Step inTheEnd(Step step) {
        ServedChannel channel = served.get(step.channel().name());
        return channel != null && channel.handsOn() ? Step.parse(step.address()) : step;
    }

    List<Sender> senders() {
        return served.values().stream()
                .map(channel -> channel.handsOn() ? channel.sender() : aroundSenders.apply(channel.sender()))
                .toList();
    }

    /**
     * The served channel of that name.
     *
     * @throws IllegalArgumentException if there is none, in words for the caller
     */
    public ServedChannel get(Channel channel) {
        return Optional.ofNullable(served.get(channel.name()))
                .orElseThrow(() -> new IllegalArgumentException(notServed(channel.name())));
    }

    private String notServed(String name) {
        String setting = missing.get(name);
        return "channel `" + name + "` is not configured" + (setting == null ? "" : ": set " + setting)
                + ". Configured: "
                + served.keySet().stream().collect(Collectors.joining(", "));
    }
}
