package dev.signalbox.delivery.digest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message in a window.
 *
 * @param id the idempotency key of its delivery: each attempt has the same
 * @param at when it was gathered, in microseconds
 */
public record DigestItem(String id, String body, Map<String, String> headers, Instant at) {
    /** What messages say to digests begins with this, and is not passed on. */
    static final String PREFIX = "digest-";

    /** Messages become one only if they are alike in all of these. */
    private static final List<String> TOPIC =
            List.of("category", "recipient", "content-type", "digest-key", "digest-template");

    private static final Pattern TIME = Pattern.compile("(\\d{1,6})([smhd])");

    public DigestItem {
        headers = Map.copyOf(headers);
    }

    /**
     * What a delivery brings.
     *
     * @throws IllegalArgumentException if it cannot be part of a digest, in words for its history
     */
    static DigestItem of(Delivery delivery) {
        var item = new DigestItem(delivery.idempotencyKey(), delivery.body(), delivery.headers(), Instant.EPOCH);
        var _ = item.window();
        if (item.header("attachments").isPresent()) {
            throw new IllegalArgumentException(
                    "a digest has no attachments; address the message to its recipient itself");
        }
        return item;
    }

    DigestItem withAt(Instant other) {
        return new DigestItem(id, body, headers, other);
    }

    /** The value of a header, whose name is in any case. */
    public Optional<String> header(String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> header.getValue().strip())
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /** What has to be alike for messages to become one. */
    String topic() {
        var topic = new StringBuilder();
        for (String name : TOPIC) {
            topic.append(header(name).orElse("")).append('\n');
        }
        return topic.toString();
    }

    /** How long its window is open, if it opens one and says so. */
    Optional<Duration> window() {
        return header("digest-window").map(DigestItem::window);
    }

    private static Duration window(String text) {
        Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
        Duration window = time.matches() ? duration(Long.parseLong(time.group(1)), time.group(2)) : Duration.ZERO;
        if (!DigestOptions.isWindow(window)) {
            throw new IllegalArgumentException(
                    "header digest-window is '" + text + "'; give 1s to 7d, such as 10m or 1h");
        }
        return window;
    }

    private static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    int bytes() {
        return body.getBytes(UTF_8).length;
    }
}
