package dev.signalbox.router;

import java.time.Duration;
import java.util.List;

/**
 * The limits of a router. Immutable; start from {@link #defaults()} and change what differs.
 *
 * @param maxPayloadBytes largest payload; 1 byte to 64 MiB, default 256 KiB. In JSON it may take twice that
 * @param maxTargets longest list of targets; 1 to 100,000, default 1,000
 * @param maxHeaders most headers in a message; 0 to 1,000, default 32
 * @param maxHeaderBytes names and values of all headers together, in UTF-8; 0 to 1 MiB, default 8 KiB
 * @param sessions how many sessions a user may have
 * @param maxRequests requests that wait for a reply at a time, of which clients may have half; 1 to 10 million, default 100,000
 * @param maxWait longest time to wait for a reply or an acknowledgement; 1 ms to 30 days, default 1 hour
 * @param pending what one user may wait for
 * @param acknowledgements what may wait to be acknowledged
 * @param topics how many topics, and what they keep
 * @param resume how long sessions wait for their clients to come back, and how many may
 * @param drain how long {@link Router#close()} lets logic finish; 0 to 1 hour, default 10 s
 */
public record RouterOptions(
        int maxPayloadBytes,
        int maxTargets,
        int maxHeaders,
        int maxHeaderBytes,
        Sessions sessions,
        int maxRequests,
        Duration maxWait,
        Pending pending,
        Acknowledgements acknowledgements,
        Topics topics,
        Resume resume,
        Duration drain) {

    /** What happens when a user opens one session more than they may have. */
    public enum AtSessionLimit {
        /** The oldest is closed as {@link CloseReason#REPLACED}. */
        REPLACE_OLDEST,
        /** The new one is closed as {@link CloseReason#TOO_MANY_SESSIONS}. */
        REFUSE
    }

    /**
     * The sessions of one user: tabs, devices.
     *
     * @param perUser at a time; 1 to 10,000, default 100
     * @param atLimit default {@link AtSessionLimit#REPLACE_OLDEST}, so that a user can always come back
     */
    public record Sessions(int perUser, AtSessionLimit atLimit) {
        public Sessions {
            requireRange("perUser", perUser, 1, 10_000);
        }
    }

    /**
     * What one user, with all of their sessions, waits for at a time: replies, and acknowledgements by others. What is beyond is
     * refused as {@link ErrorCode#OVERLOADED}.
     *
     * @param perUser 1 to 1 million, default 1,000
     * @param bytesPerUser of the messages that wait to be acknowledged; 1 to 1 GiB, default 4 MiB
     */
    public record Pending(int perUser, long bytesPerUser) {
        public Pending {
            requireRange("perUser", perUser, 1, 1_000_000);
            requireRange("bytesPerUser", bytesPerUser, 1, 1L << 30);
        }
    }

    /**
     * Bounds on what waits to be acknowledged; bytes are those of {@link Message#bytes()}. A message beyond them is rejected as
     * {@link ErrorCode#OVERLOADED}.
     *
     * @param perClient messages for one client; 1 to 1 million, default 1,000
     * @param bytesPerClient bytes for one client; 1 to 1 GiB, default 4 MiB
     * @param total messages in all, of which those of clients may be half; 1 to 100 million, default 100,000
     * @param bytesTotal bytes in all, of which those of clients may be half; 1 to 1 TiB, default 64 MiB
     */
    public record Acknowledgements(int perClient, long bytesPerClient, int total, long bytesTotal) {
        public Acknowledgements {
            requireRange("perClient", perClient, 1, 1_000_000);
            requireRange("bytesPerClient", bytesPerClient, 1, 1L << 30);
            requireRange("total", total, 1, 100_000_000);
            requireRange("bytesTotal", bytesTotal, 1, 1L << 40);
        }
    }

    /**
     * Topics. What is beyond a bound is refused as {@link ErrorCode#OVERLOADED}.
     *
     * @param max topics at a time; 1 to 1 million, default 10,000
     * @param perSession that one session subscribes to; 1 to 10,000, default 100
     * @param rules for topics by name: the first that fits counts
     * @param otherwise for all others; default {@link TopicPolicy#DEFAULT}
     */
    public record Topics(int max, int perSession, List<TopicRule> rules, TopicPolicy otherwise) {
        public Topics {
            requireRange("max", max, 1, 1_000_000);
            requireRange("perSession", perSession, 1, 10_000);
            rules = List.copyOf(rules);
        }

        TopicPolicy policy(String name) {
            return rules.stream()
                    .filter(rule -> rule.fits(name))
                    .map(TopicRule::policy)
                    .findFirst()
                    .orElse(otherwise);
        }
    }

    /**
     * A policy for some topics.
     *
     * @param pattern the name of a topic, or how names begin with an asterisk at its end
     */
    public record TopicRule(String pattern, TopicPolicy policy) {
        /** Whether the rule is for the topic of this name, or for all that a pattern stands for. */
        public boolean fits(String name) {
            return TopicPattern.fits(pattern, name);
        }

        /** Whether the rule is for some of the topics that a pattern stands for. */
        public boolean meets(Address.Topic topics) {
            return TopicPattern.meet(pattern, topics.name());
        }
    }

    /**
     * Sessions that wait for their clients to come back. One that is beyond a bound ends instead.
     *
     * @param within after the connection broke; 0 (never) to 1 day, default 30 s
     * @param maxSessions that wait at a time; 0 to 10 million, default 10,000
     * @param maxMessages that wait for them, beside those that have to be acknowledged; 0 to 100 million, default 100,000
     * @param maxBytes of these messages; 0 to 1 TiB, default 64 MiB
     */
    public record Resume(Duration within, int maxSessions, int maxMessages, long maxBytes) {
        public Resume {
            requireRange("within", within, Duration.ZERO, Duration.ofDays(1));
            requireRange("maxSessions", maxSessions, 0, 10_000_000);
            requireRange("maxMessages", maxMessages, 0, 100_000_000);
            requireRange("maxBytes", maxBytes, 0, 1L << 40);
        }
    }

    /** What a message takes in JSON beside payload and headers: type, ids, source, deadline. */
    private static final int ENVELOPE = 1 << 10;

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming the first option that is out of its range
     */
    public RouterOptions {
        requireRange("maxPayloadBytes", maxPayloadBytes, 1, 64 << 20);
        requireRange("maxTargets", maxTargets, 1, 100_000);
        requireRange("maxHeaders", maxHeaders, 0, 1_000);
        requireRange("maxHeaderBytes", maxHeaderBytes, 0, 1 << 20);
        requireRange("maxRequests", maxRequests, 1, 10_000_000);
        requireRange("maxWait", maxWait, Duration.ofMillis(1), Duration.ofDays(30));
        requireRange("drain", drain, Duration.ZERO, Duration.ofHours(1));
    }

    public static RouterOptions defaults() {
        return new RouterOptions(
                256 << 10,
                1_000,
                32,
                8 << 10,
                new Sessions(100, AtSessionLimit.REPLACE_OLDEST),
                100_000,
                Duration.ofHours(1),
                new Pending(1_000, 4 << 20),
                new Acknowledgements(1_000, 4 << 20, 100_000, 64 << 20),
                new Topics(10_000, 100, List.of(), TopicPolicy.DEFAULT),
                new Resume(Duration.ofSeconds(30), 10_000, 100_000, 64 << 20),
                Duration.ofSeconds(10));
    }

    /** What a payload may take in JSON. Base64 and ordinary text fit; a large text of control characters does not. */
    int maxEncodedPayloadBytes() {
        return Math.max(2 * maxPayloadBytes, ENVELOPE);
    }

    /** What a whole message may take in JSON: quotes in headers are escaped, their control characters refused. */
    int maxEncodedBytes() {
        return maxEncodedPayloadBytes() + 2 * maxHeaderBytes + 8 * maxHeaders + ENVELOPE;
    }

    public RouterOptions withMaxPayloadBytes(int changed) {
        return new RouterOptions(
                changed,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                pending,
                acknowledgements,
                topics,
                resume,
                drain);
    }

    public RouterOptions withSessions(Sessions changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                changed,
                maxRequests,
                maxWait,
                pending,
                acknowledgements,
                topics,
                resume,
                drain);
    }

    public RouterOptions withMaxRequests(int changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                changed,
                maxWait,
                pending,
                acknowledgements,
                topics,
                resume,
                drain);
    }

    public RouterOptions withPending(Pending changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                changed,
                acknowledgements,
                topics,
                resume,
                drain);
    }

    public RouterOptions withAcknowledgements(Acknowledgements changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                pending,
                changed,
                topics,
                resume,
                drain);
    }

    public RouterOptions withTopics(Topics changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                pending,
                acknowledgements,
                changed,
                resume,
                drain);
    }

    public RouterOptions withResume(Resume changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                pending,
                acknowledgements,
                topics,
                changed,
                drain);
    }

    public RouterOptions withDrain(Duration changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                sessions,
                maxRequests,
                maxWait,
                pending,
                acknowledgements,
                topics,
                resume,
                changed);
    }

    static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }

    static void requireRange(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
