package dev.signalbox.delivery.queue;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How fast all nodes together may send. Each node is told the same limits; what was used of them is counted in the database, in
 * the transaction that claims, so no number of nodes exceeds them.
 *
 * @param pace of all channels together but {@link Channel#LIVE}, {@link Channel#TOPIC} and {@link Channel#LOGIC}, whose messages pass no
 *     provider
 * @param rates of single channels
 * @param concurrency of single channels: the attempts that may be under way at a time
 * @param recipients of single channels: how often one address may be tried. Who has had enough waits until the interval is over
 */
public record ClusterLimits(
        Optional<Rate> pace,
        Map<Channel, Rate> rates,
        Map<Channel, Integer> concurrency,
        Map<Channel, Rate> recipients) {
    public static final ClusterLimits NONE = new ClusterLimits(Optional.empty(), Map.of(), Map.of(), Map.of());

    private static final Set<Channel> WITHOUT_PROVIDER = Set.of(Channel.LIVE, Channel.TOPIC, Channel.LOGIC);

    public ClusterLimits {
        rates = Map.copyOf(rates);
        concurrency = Map.copyOf(concurrency);
        recipients = Map.copyOf(recipients);
        concurrency.forEach((channel, most) ->
                Limits.check(most >= 1, "concurrency", "of " + channel + " is " + most + "; it must be at least 1"));
    }

    public ClusterLimits withPace(Rate newPace) {
        return new ClusterLimits(Optional.of(newPace), rates, concurrency, recipients);
    }

    public ClusterLimits withRates(Map<Channel, Rate> newRates) {
        return new ClusterLimits(pace, newRates, concurrency, recipients);
    }

    public ClusterLimits withConcurrency(Map<Channel, Integer> newConcurrency) {
        return new ClusterLimits(pace, rates, newConcurrency, recipients);
    }

    public ClusterLimits withRecipients(Map<Channel, Rate> newRecipients) {
        return new ClusterLimits(pace, rates, concurrency, newRecipients);
    }

    LaneLimits of(Channel channel) {
        return new LaneLimits(
                channel,
                WITHOUT_PROVIDER.contains(channel) ? Optional.empty() : pace,
                Optional.ofNullable(rates.get(channel)),
                Optional.ofNullable(concurrency.get(channel)),
                Optional.ofNullable(recipients.get(channel)));
    }
}
