package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Schedule;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Reads when and how urgently a message is to be sent from now on. Used once, by one thread. */
final class ScheduleReader {
    private static final Duration LONGEST = Duration.ofDays(365);

    private final JsonFields fields;
    private final Violations violations;
    private final InstantSource clock;

    ScheduleReader(JsonFields fields, InstantSource clock) {
        this.fields = fields;
        this.violations = fields.violations();
        this.clock = clock;
    }

    /** Empty if something is wrong, which is noted. */
    Optional<Schedule> read() {
        int wrong = violations.all().size();
        Optional<Instant> at = at();
        Optional<Instant> in = in();
        Optional<Integer> priority = fields.integer("priority");
        violations.check(at.isEmpty() || in.isEmpty(), "in", "give either 'at' or 'in', not both");
        violations.check(
                priority.map(level -> level >= 0 && level <= 9).orElse(true), "priority", "must be from 0 to 9");
        violations.check(
                fields.has("at") || fields.has("in") || fields.has("priority"), "", "give 'at', 'in' or 'priority'");
        return violations.all().size() > wrong
                ? Optional.empty()
                : Optional.of(new Schedule(at.or(() -> in), priority));
    }

    private Optional<Instant> at() {
        Optional<String> text = fields.text("at");
        Optional<Instant> at = text.flatMap(TimeText::instant).filter(ScheduleReader::isStorable);
        violations.check(
                text.isEmpty() || at.isPresent(),
                "at",
                "is not a time of 1970 to 9999 with an offset, such as 2026-11-21T09:30:00Z");
        return at;
    }

    private static boolean isStorable(Instant time) {
        return time.isAfter(Instant.EPOCH) && time.isBefore(Instant.parse("9999-12-31T00:00:00Z"));
    }

    private Optional<Instant> in() {
        Optional<String> text = fields.text("in");
        Optional<Duration> in =
                text.flatMap(TimeText::duration).filter(wait -> wait.isPositive() && wait.compareTo(LONGEST) <= 0);
        violations.check(text.isEmpty() || in.isPresent(), "in", "is not a time of 1ms to 365d, such as 30m or 1h");
        return in.map(clock.instant()::plus);
    }
}
