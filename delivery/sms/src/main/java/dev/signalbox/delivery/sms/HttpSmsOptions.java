package dev.signalbox.delivery.sms;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How a provider is reached. Invalid values cannot be built: the constructor throws {@link IllegalArgumentException}.
 *
 * @param url where messages are posted, {@code https} or {@code http}
 * @param token the bearer token; visible ASCII, never shown by {@link #toString()}
 * @param timeout the longest an attempt takes, from connecting to the last byte of the answer; 10 ms to 10 min
 * @param connectTimeout the part of it that connecting and the TLS handshake may take; 10 ms to {@code timeout}
 * @param concurrency attempts under way at a time, and connections kept; 1 to 4096
 * @param keyLifetime how long the provider recognises a repeated {@code Idempotency-Key}; zero if it does not, and then
 *     an unknown outcome is parked for a person
 * @param maxLength the longest body, in characters (Unicode code points); 1 to 10,000
 * @param defaultRegion two letters (ISO 3166) for numbers written without a country code; empty refuses those
 * @param caFile certificates in PEM to trust instead of the system's
 * @param insecure accepts any certificate for any host; for experiments only
 */
public record HttpSmsOptions(
        URI url,
        String token,
        Duration timeout,
        Duration connectTimeout,
        int concurrency,
        Duration keyLifetime,
        int maxLength,
        Optional<String> defaultRegion,
        Optional<Path> caFile,
        boolean insecure) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public HttpSmsOptions {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        check(scheme.equals("https") || scheme.equals("http"), "url '" + url + "' is not http or https");
        check(url.getHost() != null, "url '" + url + "' names no host");
        check(url.getRawUserInfo() == null && url.getRawFragment() == null, "url has credentials or a fragment");
        check(token.chars().allMatch(c -> c > ' ' && c < 127), "token has characters other than visible ASCII");
        within("timeout", timeout, LONGEST);
        within("connectTimeout", connectTimeout, timeout);
        check(concurrency >= 1 && concurrency <= 4096, "concurrency " + concurrency + " is not in 1..4096");
        check(!keyLifetime.isNegative(), "keyLifetime is negative");
        check(maxLength >= 1 && maxLength <= 10_000, "maxLength " + maxLength + " is not in 1..10000");
        defaultRegion.ifPresent(region -> check(PhoneNumber.isRegion(region), "'" + region + "' is not a region"));
        check(!insecure || caFile.isEmpty(), "insecure ignores caFile: set only one of them");
    }

    /** 6 s a message, 2 s of them to connect, 64 at a time, no keys, 160 characters, verified TLS. */
    public static HttpSmsOptions of(URI url, String token) {
        return new HttpSmsOptions(
                url,
                token,
                Duration.ofSeconds(6),
                Duration.ofSeconds(2),
                64,
                Duration.ZERO,
                160,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    public HttpSmsOptions withTimeout(Duration whole, Duration connect) {
        return new HttpSmsOptions(
                url, token, whole, connect, concurrency, keyLifetime, maxLength, defaultRegion, caFile, insecure);
    }

    public HttpSmsOptions withConcurrency(int value) {
        return new HttpSmsOptions(
                url, token, timeout, connectTimeout, value, keyLifetime, maxLength, defaultRegion, caFile, insecure);
    }

    public HttpSmsOptions withKeyLifetime(Duration value) {
        return new HttpSmsOptions(
                url, token, timeout, connectTimeout, concurrency, value, maxLength, defaultRegion, caFile, insecure);
    }

    public HttpSmsOptions withMaxLength(int value) {
        return new HttpSmsOptions(
                url, token, timeout, connectTimeout, concurrency, keyLifetime, value, defaultRegion, caFile, insecure);
    }

    public HttpSmsOptions withDefaultRegion(String value) {
        return new HttpSmsOptions(
                url,
                token,
                timeout,
                connectTimeout,
                concurrency,
                keyLifetime,
                maxLength,
                Optional.of(value),
                caFile,
                insecure);
    }

    public HttpSmsOptions withCaFile(Path value) {
        return new HttpSmsOptions(
                url,
                token,
                timeout,
                connectTimeout,
                concurrency,
                keyLifetime,
                maxLength,
                defaultRegion,
                Optional.of(value),
                insecure);
    }

    /** Accepts any certificate. */
    public HttpSmsOptions withoutVerification() {
        return new HttpSmsOptions(
                url,
                token,
                timeout,
                connectTimeout,
                concurrency,
                keyLifetime,
                maxLength,
                defaultRegion,
                Optional.empty(),
                true);
    }

    boolean secure() {
        return url.getScheme().equalsIgnoreCase("https");
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HttpSmsOptions[url=" + url + ", timeout=" + timeout + ", concurrency=" + concurrency + ", keyLifetime="
                + keyLifetime + ", maxLength=" + maxLength + ", insecure=" + insecure + "]";
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
