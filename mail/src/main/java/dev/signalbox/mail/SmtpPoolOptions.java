package dev.signalbox.mail;

import java.time.Duration;

/**
 * How connections to one server are kept.
 *
 * @param connections the most at a time, 1 to 1,000; messages beyond wait for one
 * @param maxWait how long a message waits for a connection, and for its turn under a rate limit, before it is not sent
 * @param age when a connection is not used any more, counted from its beginning
 * @param messages how many messages a connection carries, 1 to 1,000,000
 * @param idle how long a connection without work is kept
 * @param noop a connection that was idle for longer is asked with NOOP whether it still lives
 */
public record SmtpPoolOptions(
        int connections, Duration maxWait, Duration age, int messages, Duration idle, Duration noop) {

    public SmtpPoolOptions {
        check(connections >= 1 && connections <= 1_000, "connections " + connections + " is not in 1..1000");
        check(messages >= 1 && messages <= 1_000_000, "messages a connection " + messages + " is not in 1..1000000");
        check(
                !maxWait.isNegative() && maxWait.compareTo(Duration.ofHours(1)) <= 0,
                "maxWait " + maxWait + " is not in 0..1h");
        check(isPositive(age) && isPositive(idle), "age and idle have to be positive, at most a day");
        check(!noop.isNegative(), "noop is negative");
    }

    /** 10 connections, 30 s of waiting, 5 min old, 100 messages, 1 min idle, NOOP after 30 s. */
    public static SmtpPoolOptions usual() {
        return new SmtpPoolOptions(
                10, Duration.ofSeconds(30), Duration.ofMinutes(5), 100, Duration.ofMinutes(1), Duration.ofSeconds(30));
    }

    public SmtpPoolOptions withConnections(int value) {
        return new SmtpPoolOptions(value, maxWait, age, messages, idle, noop);
    }

    public SmtpPoolOptions withMaxWait(Duration value) {
        return new SmtpPoolOptions(connections, value, age, messages, idle, noop);
    }

    public SmtpPoolOptions withAge(Duration value) {
        return new SmtpPoolOptions(connections, maxWait, value, messages, idle, noop);
    }

    public SmtpPoolOptions withMessages(int value) {
        return new SmtpPoolOptions(connections, maxWait, age, value, idle, noop);
    }

    public SmtpPoolOptions withIdle(Duration value) {
        return new SmtpPoolOptions(connections, maxWait, age, messages, value, noop);
    }

    public SmtpPoolOptions withNoop(Duration value) {
        return new SmtpPoolOptions(connections, maxWait, age, messages, idle, value);
    }

    private static boolean isPositive(Duration value) {
        return value.isPositive() && value.compareTo(Duration.ofDays(1)) <= 0;
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
