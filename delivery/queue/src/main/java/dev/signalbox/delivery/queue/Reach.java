package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a caller enqueues: a body for one recipient and the ordered chain of ways to reach them.
 *
 * {@snippet :
 * Reach.to("client:alice within 5s", "sms:+61400000000").body("Your table is ready").build();
 * }
 *
 * @param id UUIDv7; also the stem of the idempotency key that providers see
 * @param steps 1 to 8
 * @param body the rendered text, frozen; 1 character to 64 KiB in UTF-8
 * @param headers at most 32, names to 64 characters and values to 1024
 * @param dedupeKey to 200 characters; a second reach with the same key is not enqueued: the first one's receipt is returned
 * @param dedupeWindow how long the key stands in the way of another, from when the reach is accepted, 1 ms to 365 days; empty
 *     means for as long as the reach is kept
 * @param priority 0 (first) to 9 (last)
 * @param at the earliest time of the first attempt, in microseconds; empty means now
 * @param expiresAt when it is no longer worth delivering, in microseconds; empty means never
 * @param maxAttempts the attempt budget of each step, 1 to 100
 * @param traceparent the caller's place in a distributed trace, as W3C Trace Context writes it; handed on with every
 *     attempt. It makes no message another one: a repeat may have its own
 * @param recipientTime by which clock the recipient lives; never disturbed in their quiet hours
 * @param labels tags and metadata
 */
public record Reach(
        UUID id,
        List<Step> steps,
        String body,
        Map<String, String> headers,
        Optional<String> dedupeKey,
        Optional<Duration> dedupeWindow,
        int priority,
        Optional<Instant> at,
        Optional<Instant> expiresAt,
        int maxAttempts,
        Optional<String> traceparent,
        RecipientTime recipientTime,
        Labels labels) {

    /** What stands for the body of a message that was sent, where {@link BodyProtection#redactingSent} has it removed. */
    public static final String REDACTED_BODY = "\u001aredacted";

    public static final int DEFAULT_PRIORITY = 5;
    public static final int DEFAULT_MAX_ATTEMPTS = 5;

    public Reach {
        steps = List.copyOf(steps);
        headers = Map.copyOf(headers);
        at = at.map(Reach::checked);
        expiresAt = expiresAt.map(Reach::checked);
        Limits.check(
                !steps.isEmpty() && steps.size() <= Limits.STEPS,
                "steps",
                "are " + steps.size() + "; there must be 1 to " + Limits.STEPS);
        Limits.body(body);
        Limits.headers(headers);
        dedupeKey.ifPresent(key -> Limits.text("dedupe key", key, Limits.DEDUPE_KEY));
        dedupeWindow = dedupeWindow.map(window -> window.truncatedTo(ChronoUnit.MICROS));
        dedupeWindow.ifPresent(Limits::dedupeWindow);
        Limits.check(dedupeWindow.isEmpty() || dedupeKey.isPresent(), "dedupe window", "needs a dedupe key");
        Limits.priority(priority);
        Limits.check(
                maxAttempts >= 1 && maxAttempts <= Limits.ATTEMPTS,
                "attempts",
                "are " + maxAttempts + "; there must be 1 to " + Limits.ATTEMPTS);
        traceparent.ifPresent(trace -> Limits.check(
                isTraceparent(trace),
                "traceparent",
                "is not one, such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        Limits.check(
                at.isEmpty() || expiresAt.isEmpty() || at.get().isBefore(expiresAt.get()),
                "expiry",
                "is not after the time of the first attempt; it would never be sent");
    }

    private static Instant checked(Instant time) {
        Limits.time("time", time);
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    /** Whether it is a {@code traceparent} of W3C Trace Context, version 00. */
    public static boolean isTraceparent(String text) {
        return Limits.isTraceparent(text);
    }

    /** The same reach with this dedupe key. */
    public Reach withDedupeKey(String key) {
        Builder copy = new Builder(steps);
        copy.id = id;
        copy.body = body;
        copy.headers.putAll(headers);
        copy.dedupeKey = Optional.of(key);
        copy.dedupeWindow = dedupeWindow;
        copy.priority = priority;
        copy.at = at;
        copy.expiresAt = expiresAt;
        copy.maxAttempts = maxAttempts;
        copy.traceparent = traceparent;
        copy.recipientTime = recipientTime;
        copy.labels = labels;
        return copy.build();
    }

    /** Begins a reach over one channel. */
    public static Builder to(Channel channel, String address) {
        return to(List.of(Step.to(channel, address)));
    }

    /** Begins a reach from steps as {@link Step#parse} reads them, in order. */
    public static Builder to(String... steps) {
        return to(Arrays.stream(steps).map(Step::parse).toList());
    }

    /** Begins a reach from steps, in order. */
    public static Builder to(List<Step> steps) {
        return new Builder(steps);
    }

    /** Collects what a reach is made of; all but the steps and the body have defaults. Not thread-safe. */
    public static final class Builder {
        private final List<Step> steps;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable UUID id;
        private String body = "";
        private Optional<String> dedupeKey = Optional.empty();
        private int priority = DEFAULT_PRIORITY;
        private Optional<Instant> at = Optional.empty();
        private Optional<Instant> expiresAt = Optional.empty();
        private int maxAttempts = DEFAULT_MAX_ATTEMPTS;
        private Optional<String> traceparent = Optional.empty();
        private Optional<Duration> dedupeWindow = Optional.empty();
        private RecipientTime recipientTime = RecipientTime.UNKNOWN;
        private Labels labels = Labels.NONE;

        private Builder(List<Step> steps) {
            this.steps = new ArrayList<>(steps);
        }

        /** Limits the last step so far; the next one's turn comes when the time is over. */
        public Builder within(Duration limit) {
            steps.set(steps.size() - 1, steps.getLast().within(limit));
            return this;
        }

        /** Adds a step for when those before it did not succeed. */
        public Builder then(Channel channel, String address) {
            steps.add(Step.to(channel, address));
            return this;
        }

        public Builder body(String text) {
            body = text;
            return this;
        }

        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        public Builder headers(Map<String, String> more) {
            headers.putAll(more);
            return this;
        }

        public Builder dedupeKey(String key) {
            dedupeKey = Optional.of(key);
            return this;
        }

        /** How long the dedupe key stands in the way of another message. */
        public Builder dedupeWindow(Duration window) {
            dedupeWindow = Optional.of(window);
            return this;
        }

        /** By which clock the recipient lives. */
        public Builder recipientTime(RecipientTime time) {
            recipientTime = time;
            return this;
        }

        /** Adds tags to find it by. */
        public Builder tags(String... more) {
            Set<String> tags = new TreeSet<>(labels.tags());
            tags.addAll(List.of(more));
            labels = labels.withTags(tags);
            return this;
        }

        /** Replaces its tags and metadata. */
        public Builder labels(Labels all) {
            labels = all;
            return this;
        }

        public Builder priority(int level) {
            priority = level;
            return this;
        }

        public Builder at(Instant earliest) {
            at = Optional.of(earliest);
            return this;
        }

        public Builder expiresAt(Instant expiry) {
            expiresAt = Optional.of(expiry);
            return this;
        }

        public Builder maxAttempts(int budget) {
            maxAttempts = budget;
            return this;
        }

        /** The caller's place in a distributed trace, as W3C Trace Context writes it. */
        public Builder traceparent(String trace) {
            traceparent = Optional.of(trace);
            return this;
        }

        /** Replaces the id that would be made; enqueuing the same id again changes nothing. */
        public Builder id(UUID newId) {
            id = newId;
            return this;
        }

        /**
         * Makes the reach.
         *
         * @throws IllegalArgumentException naming the field that is not valid and what it should be
         */
        public Reach build() {
            UUID given = id == null ? Ids.next() : id;
            return new Reach(
                    given,
                    steps,
                    body,
                    headers,
                    dedupeKey,
                    dedupeWindow,
                    priority,
                    at,
                    expiresAt,
                    maxAttempts,
                    traceparent,
                    recipientTime,
                    labels);
        }
    }
}
