package dev.signalbox.maintenance.sqs;

import java.time.Duration;

/**
 * How one consumer takes part. Immutable.
 *
 * @param name of the participant; unique in its maintenance
 * @param deadline how long the messages under way may take to end, once it drains; greater than 0
 * @param pollWait how long one poll waits for messages, 0 to 20 s, in whole seconds. {@link SqsWorker#close} may take as long
 * @param visibility how long SQS gives a message to nobody else, 3 s to 12 h; renewed each third of it while it is handled
 * @param concurrency messages that are handled at a time, 1 to 1,000; 1 for a FIFO queue
 * @param backoff when a message whose handler failed comes again, 0 to 12 h; and how long polls rest after one failed, at least
 *     100 ms
 */
public record SqsWorkerOptions(
        String name, Duration deadline, Duration pollWait, Duration visibility, int concurrency, Duration backoff) {
    private static final Duration LONGEST = Duration.ofHours(12);

    /** Checks the ranges. @throws IllegalArgumentException naming the option that is out of its range */
    public SqsWorkerOptions {
        check("deadline", deadline, Duration.ofNanos(1), Duration.ofDays(1));
        check("pollWait", pollWait, Duration.ZERO, Duration.ofSeconds(20));
        check("visibility", visibility, Duration.ofSeconds(3), LONGEST);
        check("backoff", backoff, Duration.ZERO, LONGEST);
        if (concurrency < 1 || concurrency > 1000) {
            throw new IllegalArgumentException("concurrency must be 1 to 1000, not " + concurrency);
        }
    }

    private static void check(String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(option + " must be " + least + " to " + most + ", not " + value);
        }
    }

    /** The name {@code sqs}, 30 s, polls of 20 s, visible again after 30 s, ten at a time, a backoff of 1 s. */
    public static SqsWorkerOptions defaults() {
        return new SqsWorkerOptions(
                "sqs",
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                10,
                Duration.ofSeconds(1));
    }

    public SqsWorkerOptions withName(String changed) {
        return new SqsWorkerOptions(changed, deadline, pollWait, visibility, concurrency, backoff);
    }

    public SqsWorkerOptions withDeadline(Duration changed) {
        return new SqsWorkerOptions(name, changed, pollWait, visibility, concurrency, backoff);
    }

    public SqsWorkerOptions withPollWait(Duration changed) {
        return new SqsWorkerOptions(name, deadline, changed, visibility, concurrency, backoff);
    }

    public SqsWorkerOptions withVisibility(Duration changed) {
        return new SqsWorkerOptions(name, deadline, pollWait, changed, concurrency, backoff);
    }

    public SqsWorkerOptions withConcurrency(int changed) {
        return new SqsWorkerOptions(name, deadline, pollWait, visibility, changed, backoff);
    }

    public SqsWorkerOptions withBackoff(Duration changed) {
        return new SqsWorkerOptions(name, deadline, pollWait, visibility, concurrency, changed);
    }
}
