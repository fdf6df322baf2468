package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.List;

/**
 * What a sender said about itself when its dispatcher was built.
 *
 * @param timeout the longest an attempt can take
 * @param concurrency how many attempts may be under way at a time
 * @param keyLifetime how long its provider recognises a repeated key
 * @param leavesDoubt whether an attempt without an answer may have reached the person
 * @param schedule the waits between attempts; if empty, they are for the dispatcher to decide
 * @param sharesProvider whether failures in a row are the provider's
 */
record Terms(
        Channel channel,
        Duration timeout,
        int concurrency,
        Duration keyLifetime,
        boolean leavesDoubt,
        List<Duration> schedule,
        boolean sharesProvider) {
    static Terms of(Sender sender) {
        return new Terms(
                sender.channel(),
                sender.timeout(),
                sender.concurrency(),
                sender.keyLifetime(),
                sender.leavesDoubt(),
                List.copyOf(sender.schedule()),
                sender.sharesProvider());
    }
}
