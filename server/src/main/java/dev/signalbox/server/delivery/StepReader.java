package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Channels;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the ways to reach a recipient. One way is {@code channel:address}; a chain in one text is
 * {@code client:alice within 5s > sms:+61491570006}.
 */
final class StepReader {
    static final int MOST_STEPS = 8;
    private static final Duration LONGEST_WITHIN = Duration.ofDays(30);
    private static final Pattern STEP = Pattern.compile("(?s)(.*?)(?:\\s+within\\s+(\\S+))?");
    private static final Pattern TO = Pattern.compile("(?s)([a-z][a-z0-9-]{0,15}):(.+)");
    private static final Pattern SEPARATOR = Pattern.compile("\\s+>\\s+");

    private final Channels channels;

    StepReader(Channels channels) {
        this.channels = channels;
    }

    List<Step> chain(String field, String text, Violations violations) {
        List<String> parts = SEPARATOR.splitAsStream(text.strip()).toList();
        violations.check(
                parts.size() <= MOST_STEPS,
                field,
                "has " + parts.size() + " steps; at most " + MOST_STEPS + " are allowed");
        return parts.stream()
                .limit(MOST_STEPS)
                .flatMap(part -> part(field, part, violations))
                .toList();
    }

    private Stream<Step> part(String field, String part, Violations violations) {
        Matcher matcher = STEP.matcher(part);
        return matcher.matches()
                ? step(field, matcher.group(1), Optional.ofNullable(matcher.group(2)), violations).stream()
                : Stream.empty();
    }

    Optional<Step> step(String field, String to, Optional<String> within, Violations violations) {
        Matcher matcher = TO.matcher(to);
        if (!matcher.matches()) {
            violations.add(field, "'" + shortened(to) + "' is not channel:address, such as sms:+61491570006");
            return Optional.empty();
        }
        Optional<Duration> limit = within.flatMap(text -> limit(field, text, violations));
        return checked(field, new Channel(matcher.group(1)), matcher.group(2), limit, violations);
    }

    private Optional<Step> checked(
            String field, Channel channel, String address, Optional<Duration> limit, Violations violations) {
        try {
            return Optional.of(new Step(channel, channels.get(channel).canonical(address), limit));
        } catch (IllegalArgumentException wrong) {
            violations.add(field, FailureText.of(wrong));
            return Optional.empty();
        }
    }

    private static Optional<Duration> limit(String field, String text, Violations violations) {
        Optional<Duration> limit = TimeText.duration(text)
                .filter(duration -> duration.isPositive() && duration.compareTo(LONGEST_WITHIN) <= 0);
        violations.check(
                limit.isPresent(),
                field,
                "within '" + shortened(text) + "' is not a time of 1ms to 30d, such as 5s or 2m");
        return limit;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
