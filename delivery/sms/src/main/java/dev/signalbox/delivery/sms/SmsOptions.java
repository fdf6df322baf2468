package dev.signalbox.delivery.sms;

import dev.signalbox.tls.Trust;
import java.time.Duration;
import java.util.Optional;

/**
 * How text messages are sent, with any provider. Invalid values cannot be built: the constructor throws
 * {@link IllegalArgumentException}.
 *
 * @param timeout the longest an attempt takes, from connecting to the last byte of the answer; 10 ms to 10 min
 * @param connectTimeout the part of it that connecting and the TLS handshake may take; 10 ms to {@code timeout}
 * @param concurrency attempts under way at a time, and connections kept; 1 to 4096
 * @param limit the longest message
 * @param tooLong what becomes of a longer one
 * @param defaultRegion two letters (ISO 3166) for numbers written without a country code; empty refuses those
 * @param trust whose certificates are believed
 */
public record SmsOptions(
        Duration timeout,
        Duration connectTimeout,
        int concurrency,
        SmsLimit limit,
        TooLong tooLong,
        Optional<String> defaultRegion,
        Trust trust) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public SmsOptions {
        within("timeout", timeout, LONGEST);
        within("connectTimeout", connectTimeout, timeout);
        check(concurrency >= 1 && concurrency <= 4096, "concurrency " + concurrency + " is not in 1..4096");
        defaultRegion.ifPresent(region -> check(PhoneNumber.isRegion(region), "'" + region + "' is not a region"));
    }

    /** 6 s a message, 2 s of them to connect, 64 at a time, 160 characters, longer ones rejected, verified TLS. */
    public static SmsOptions defaults() {
        return new SmsOptions(
                Duration.ofSeconds(6),
                Duration.ofSeconds(2),
                64,
                new SmsLimit(160, 10),
                TooLong.REJECT,
                Optional.empty(),
                Trust.system());
    }

    public SmsOptions withTimeout(Duration whole, Duration connect) {
        return new SmsOptions(whole, connect, concurrency, limit, tooLong, defaultRegion, trust);
    }

    public SmsOptions withConcurrency(int value) {
        return new SmsOptions(timeout, connectTimeout, value, limit, tooLong, defaultRegion, trust);
    }

    public SmsOptions withLimit(SmsLimit value, TooLong beyond) {
        return new SmsOptions(timeout, connectTimeout, concurrency, value, beyond, defaultRegion, trust);
    }

    public SmsOptions withDefaultRegion(String value) {
        return new SmsOptions(timeout, connectTimeout, concurrency, limit, tooLong, Optional.of(value), trust);
    }

    public SmsOptions withTrust(Trust value) {
        return new SmsOptions(timeout, connectTimeout, concurrency, limit, tooLong, defaultRegion, value);
    }

    /**
     * A number as this sender takes it.
     *
     * @throws IllegalArgumentException saying in plain words what is wrong with it
     */
    public PhoneNumber number(String address) {
        return PhoneNumber.parse(address, defaultRegion.orElse(null));
    }

    /** Why a text can never be sent, as the end of a sentence that begins with "the message"; empty if it can. */
    public Optional<String> refusal(String text) {
        if (text.isBlank()) {
            return Optional.of("is empty");
        }
        var counted = SmsText.of(text);
        return tooLong != TooLong.REJECT || counted.fits(limit)
                ? Optional.empty()
                : Optional.of("has " + text.codePointCount(0, text.length()) + " characters in "
                        + counted.segments().size() + " segments; a text message may have " + limit.characters()
                        + " in " + limit.segments());
    }

    private static void within(String name, Duration value, Duration most) {
        check(
                value.compareTo(SHORTEST) >= 0 && value.compareTo(most) <= 0,
                name + " " + value + " is not in " + SHORTEST + ".." + most);
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
