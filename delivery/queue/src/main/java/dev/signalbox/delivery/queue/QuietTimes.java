package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When the recipients of channels are not to be disturbed. {@link Channel#LIVE} has no quiet hours: a connected client
 * is being used.
 *
 * @param channels the hours of those that have some
 * @param exempt the categories of messages that may come at any hour: their header {@code category}, in lower case
 */
public record QuietTimes(Map<Channel, Usual> channels, Set<String> exempt) {
    public static final QuietTimes NONE = new QuietTimes(Map.of(), Set.of("transactional"));

    static final String REASON = "its recipient has quiet hours";

    public QuietTimes {
        channels = Map.copyOf(channels);
        exempt = Set.copyOf(exempt);
    }

    /** Hours, and the time zone of recipients of whom none is known. */
    public record Usual(QuietHours hours, ZoneId zone) {}

    public QuietTimes withChannels(Map<Channel, Usual> others) {
        return new QuietTimes(others, exempt);
    }

    public QuietTimes withExempt(Set<String> others) {
        return new QuietTimes(channels, others);
    }

    /** Those of a lane's messages whose recipients are not to be disturbed now, and for how long. */
    Map<Claimed, Duration> asleep(Channel lane, List<Claimed> entries, long now) {
        Optional<Usual> usual = Optional.ofNullable(channels.get(lane));
        if (lane.equals(Channel.LIVE)
                || (usual.isEmpty()
                        && entries.stream()
                                .allMatch(entry -> entry.time().timeZone().isEmpty()))) {
            return Map.of();
        }
        Instant moment = Micros.instant(now);
        Map<Claimed, Duration> asleep = new HashMap<>();
        entries.stream()
                .filter(entry -> entry.unreadable().isEmpty())
                .forEach(entry ->
                        end(entry, usual, moment).ifPresent(end -> asleep.put(entry, Duration.between(moment, end))));
        return asleep;
    }

    private Optional<Instant> end(Claimed entry, Optional<Usual> usual, Instant now) {
        RecipientTime time = entry.time();
        if (time.quietHours().isPresent()) {
            return time.quietHours().get().end(now, time.timeZone().orElseThrow());
        }
        return usual.filter(hours -> !isExempt(entry.headers()))
                .flatMap(hours -> hours.hours().end(now, time.timeZone().orElse(hours.zone())));
    }

    private boolean isExempt(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("category"))
                .anyMatch(header -> exempt.contains(header.getValue().strip().toLowerCase(Locale.ROOT)));
    }
}
