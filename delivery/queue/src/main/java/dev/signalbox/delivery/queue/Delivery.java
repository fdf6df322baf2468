package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * One step of a reach, claimed and about to be attempted by a {@link Sender}.
 *
 * @param id the reach's id
 * @param step the index of the step in the chain, from 0
 * @param attempt counts over the whole life of the reach, from 1
 * @param remaining how long the sender may take; never longer than the lease allows
 */
public record Delivery(
        UUID id,
        int step,
        int attempt,
        Channel channel,
        String address,
        String body,
        Map<String, String> headers,
        Duration remaining) {

    /** The same for every attempt of this step, so that a provider can recognise a repeat. */
    public String idempotencyKey() {
        return step == 0 ? id.toString() : id + "." + step;
    }
}
