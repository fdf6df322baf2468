package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to reach a recipient: a channel, the address there, and how long to try before the next step's turn.
 *
 * @param channel the medium
 * @param address the recipient's address on that medium, without the channel's name; 1 to 512 characters, no control
 *     characters, and not ending like a time limit
 * @param within the time limit, 1 ms to 30 days, counted from the first claim of this step; empty means the attempt budget
 *     alone decides
 */
public record Step(Channel channel, String address, Optional<Duration> within) {
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final Pattern LIMIT = Pattern.compile("(?s)(.*) within (\\d{1,10})(ms|s|m|h|d)");

    public Step {
        Limits.text("address", address, Limits.ADDRESS);
        Limits.noControls("address", address);
        Limits.check(address.equals(address.strip()), "address", "begins or ends with a space; remove it");
        Limits.check(
                !LIMIT.matcher(address).matches(),
                "address",
                "ends like a time limit; pass the limit as `within`, or change the address");
        within = within.map(Step::checked);
    }

    private static Duration checked(Duration within) {
        Limits.check(
                within.toMillis() > 0 && within.compareTo(LONGEST) <= 0,
                "time limit",
                "is " + within + "; it must be 1 ms to 30 days");
        return Duration.ofMillis(within.toMillis());
    }

    public static Step to(Channel channel, String address) {
        return new Step(channel, address, Optional.empty());
    }

    /** This step with a time limit; finer than a millisecond is cut off. */
    public Step within(Duration limit) {
        return new Step(channel, address, Optional.of(limit));
    }

    /**
     * Reads {@code channel:address} with an optional time limit, as {@link #toString} writes it: {@code sms:+61400000000},
     * {@code client:alice within 5s}. Units are ms, s, m, h and d.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    public static Step parse(String text) {
        Matcher limit = LIMIT.matcher(text.strip());
        String target = limit.matches() ? limit.group(1).strip() : text.strip();
        int colon = target.indexOf(':');
        Limits.check(colon > 0, "step", "'" + text + "' has no channel; write it as in sms:+61400000000");
        Step step = to(
                new Channel(target.substring(0, colon)),
                target.substring(colon + 1).strip());
        return limit.matches() ? step.within(duration(limit.group(2), limit.group(3))) : step;
    }

    private static Duration duration(String amount, String unit) {
        long n = Long.parseLong(amount);
        return switch (unit) {
            case "ms" -> Duration.ofMillis(n);
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    @Override
    public String toString() {
        return channel + ":" + address
                + within.map(limit -> " within " + write(limit)).orElse("");
    }

    private static String write(Duration limit) {
        long millis = limit.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
