package dev.signalbox.maintenance.kafka;

import java.time.Duration;

/**
 * How one consumer takes part. Immutable.
 *
 * @param name of the participant; unique in its maintenance
 * @param deadline how long the records under way may take to end, once it drains, and when a partition is taken away; greater
 *     than 0. Less than {@code max.poll.interval.ms}, or a rebalance takes the member's place in the group
 * @param backoff how long a partition rests after its handler failed, and the loop after Kafka did; greater than 0
 */
public record KafkaWorkerOptions(String name, Duration deadline, Duration backoff) {
    /** Checks the ranges. @throws IllegalArgumentException naming the option that is out of its range */
    public KafkaWorkerOptions {
        requirePositive("deadline", deadline);
        requirePositive("backoff", backoff);
    }

    private static void requirePositive(String option, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(option + " must be greater than 0, not " + value);
        }
    }

    /** The name {@code kafka}, 30 s, a backoff of 1 s. */
    public static KafkaWorkerOptions defaults() {
        return new KafkaWorkerOptions("kafka", Duration.ofSeconds(30), Duration.ofSeconds(1));
    }

    public KafkaWorkerOptions withName(String changed) {
        return new KafkaWorkerOptions(changed, deadline, backoff);
    }

    public KafkaWorkerOptions withDeadline(Duration changed) {
        return new KafkaWorkerOptions(name, changed, backoff);
    }

    public KafkaWorkerOptions withBackoff(Duration changed) {
        return new KafkaWorkerOptions(name, deadline, changed);
    }
}
