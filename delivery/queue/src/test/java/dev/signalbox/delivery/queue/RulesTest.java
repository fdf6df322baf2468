package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Outcome.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/delivery-states.md, row by row. */
class RulesTest {
    private static final long NOW = 1_800_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final Duration KEYED = Duration.ofMinutes(10);

    private final Rules rules = new Rules(
            new Retry(Duration.ofSeconds(10), 2, Duration.ofHours(1), 0, Duration.ofHours(1)), new SplittableRandom(1));

    /** A claimed ticket in words: which step of how many, how often tried of 3, and what time limits there are. */
    private static Claimed claimed(boolean last, int tried, long deadline, long expiresAt, long unsureSince) {
        List<Step> steps = last
                ? List.of(Step.parse("sms:+61400000000"))
                : List.of(Step.parse("sms:+61400000000"), Step.parse("email:a@example.com"));
        Ticket ticket = new Ticket(UUID.randomUUID(), Channel.SMS, 5, NOW, 0, tried, tried, deadline, unsureSince);
        return new Claimed(ticket, steps, "hello", Map.of(), expiresAt, 3, 0);
    }

    private static SendResult answer(String name) {
        return switch (name) {
            case "accepted" -> new SendResult.Accepted(Optional.of("p"));
            case "not sent" -> new SendResult.NotSent("why", Optional.empty());
            case "rejected" -> new SendResult.Rejected("why");
            default -> new SendResult.Unknown("why");
        };
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    # answer  | keyed | last step | tried | deadline s | expiry s | unsure s | state      | lane
                    accepted  | true  | true      | 0     |            |          |          | SENT       |
                    accepted  | true  | true      | 2     | 1          | 1        | 100      | SENT       |
                    rejected  | true  | true      | 0     |            |          |          | REJECTED   |
                    rejected  | true  | false     | 0     |            |          |          | PENDING    | email
                    rejected  | true  | false     | 0     |            | -1       |          | EXPIRED    |
                    not sent  | true  | true      | 0     |            |          |          | RETRY_WAIT | sms
                    not sent  | true  | true      | 2     |            |          |          | DEAD       |
                    not sent  | true  | false     | 2     |            |          |          | PENDING    | email
                    not sent  | true  | true      | 0     | 10         |          |          | DEAD       |
                    not sent  | true  | true      | 0     | 11         |          |          | RETRY_WAIT | sms
                    not sent  | true  | false     | 0     | 10         |          |          | PENDING    | email
                    not sent  | true  | false     | 0     |            | 10       |          | EXPIRED    |
                    not sent  | true  | true      | 1     |            |          | 100      | RETRY_WAIT | sms
                    not sent  | true  | true      | 1     |            |          | 590      | UNKNOWN    |
                    not sent  | true  | false     | 2     |            |          | 100      | UNKNOWN    |
                    not sent  | true  | false     | 1     | 10         |          | 100      | UNKNOWN    |
                    unknown   | true  | true      | 0     |            |          |          | RETRY_WAIT | sms
                    unknown   | false | true      | 0     |            |          |          | UNKNOWN    |
                    unknown   | false | false     | 0     |            |          |          | UNKNOWN    |
                    unknown   | true  | false     | 2     |            |          |          | UNKNOWN    |
                    unknown   | true  | true      | 0     | 10         |          |          | UNKNOWN    |
                    unknown   | true  | true      | 0     |            | 10       |          | UNKNOWN    |
                    unknown   | true  | true      | 1     |            |          | 590      | UNKNOWN    |
                    """)
    void attempt(
            String answer,
            boolean keyed,
            boolean last,
            int tried,
            Long deadline,
            Long expiry,
            Long unsure,
            State state,
            String lane) {
        Claimed claimed = claimed(last, tried, at(deadline), at(expiry), unsure == null ? 0 : NOW - unsure * SECOND);
        Verdict verdict = rules.attempted(claimed, answer(answer), NOW, NOW, keyed ? KEYED : Duration.ZERO);

        assertThat(verdict.outcome().state()).isEqualTo(state);
        assertThat(verdict.outcome().attempt()).isEqualTo(tried + 1);
        Ticket next = verdict.next();
        assertThat(next == null ? null : next.lane().name()).isEqualTo(lane);
        if (next != null && state == State.PENDING) {
            assertThat(next.step()).isEqualTo(1);
            assertThat(next.tried()).isZero();
            assertThat(next.runAt()).isEqualTo(NOW);
            assertThat(next.deadline()).isZero();
        }
    }

    private static long at(Long seconds) {
        return seconds == null ? Micros.NONE : NOW + seconds * SECOND;
    }

    @Test
    void doubtDatesFromItsFirstAttempt() {
        Verdict first = rules.attempted(claimed(true, 0, 0, 0, 0), answer("unknown"), NOW - 3 * SECOND, NOW, KEYED);
        assertThat(first.next()).isNotNull().extracting(Ticket::unsureSince).isEqualTo(NOW - 3 * SECOND);
        Verdict second =
                rules.attempted(claimed(true, 1, 0, 0, NOW - 100 * SECOND), answer("unknown"), NOW, NOW, KEYED);
        assertThat(second.next()).isNotNull().extracting(Ticket::unsureSince).isEqualTo(NOW - 100 * SECOND);
    }

    @Test
    void rescueIsAnAttemptInDoubtAndRetriedAtOnce() {
        Verdict keyed = rules.rescued(claimed(true, 0, 0, 0, 0), NOW - 30 * SECOND, NOW, KEYED);
        assertThat(keyed.next()).isNotNull().satisfies(next -> {
            assertThat(next.runAt()).isEqualTo(NOW);
            assertThat(next.tried()).isEqualTo(1);
            assertThat(next.unsureSince()).isEqualTo(NOW - 30 * SECOND);
        });
        assertThat(rules.rescued(claimed(true, 0, 0, 0, 0), NOW - 30 * SECOND, NOW, Duration.ZERO)
                        .outcome()
                        .state())
                .isEqualTo(State.UNKNOWN);
    }

    @Test
    void releaseSpendsNoBudgetAndKeepsItsPlace() {
        Claimed claimed = claimed(true, 2, NOW + SECOND, 0, NOW - SECOND);
        Verdict released = rules.released(claimed, NOW + 5);
        Ticket before = claimed.ticket();
        assertThat(released.next())
                .isEqualTo(new Ticket(
                        before.id(),
                        before.lane(),
                        before.priority(),
                        before.runAt(),
                        before.step(),
                        3,
                        2,
                        before.deadline(),
                        before.unsureSince()));
        assertThat(released.outcome().state()).isEqualTo(State.RETRY_WAIT);
        assertThat(rules.released(claimed(true, 0, 0, 0, 0), NOW).outcome().state())
                .isEqualTo(State.PENDING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # last step | deadline s | expiry s | unsure s | result    | state
                    true        | 1          | 1        |          |           |
                    true        |            | 0        |          | EXPIRED   | EXPIRED
                    true        |            | 0        | 1        | EXPIRED   | UNKNOWN
                    true        | 0          |          |          | TIMED_OUT | DEAD
                    false       | 0          |          |          | TIMED_OUT | PENDING
                    false       | 0          |          | 1        | TIMED_OUT | UNKNOWN
                    true        |            |          | 599      |           |
                    true        |            |          | 600      | UNKNOWN   | UNKNOWN
                    """)
    void prevented(boolean last, Long deadline, Long expiry, Long unsure, Result result, State state) {
        Claimed claimed = claimed(last, 0, at(deadline), at(expiry), unsure == null ? 0 : NOW - unsure * SECOND);
        Verdict verdict = rules.prevented(claimed, NOW, KEYED);
        assertThat(verdict == null ? null : verdict.outcome().result()).isEqualTo(result);
        assertThat(verdict == null ? null : verdict.outcome().state()).isEqualTo(state);
    }

    @Test
    void impossibleVerdictsCannotBeMade() {
        Verdict sent = rules.attempted(claimed(true, 0, 0, 0, 0), answer("accepted"), NOW, NOW, KEYED);
        Verdict waits = rules.attempted(claimed(true, 0, 0, 0, 0), answer("not sent"), NOW, NOW, KEYED);
        assertThatIllegalArgumentException().isThrownBy(() -> new Verdict(sent.outcome(), waits.next()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Verdict(waits.outcome(), null));
    }
}
