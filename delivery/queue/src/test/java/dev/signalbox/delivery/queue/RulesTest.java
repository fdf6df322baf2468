package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Outcome.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
        return new Claimed(
                ticket,
                steps,
                "hello",
                Map.of(),
                expiresAt,
                3,
                0,
                0,
                RecipientTime.UNKNOWN,
                Optional.empty(),
                Optional.empty());
    }

    private static Terms terms(Duration keyLifetime) {
        return new Terms(Channel.SMS, Duration.ofSeconds(5), 1, keyLifetime, true, List.of(), false);
    }

    /** Of a channel on which only an acknowledgement counts. */
    private static Terms undoubted() {
        return new Terms(Channel.SMS, Duration.ofSeconds(5), 1, KEYED, false, List.of(), false);
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
            MessageState state,
            String lane) {
        Claimed claimed = claimed(last, tried, at(deadline), at(expiry), unsure == null ? 0 : NOW - unsure * SECOND);
        Verdict verdict = rules.attempted(claimed, answer(answer), NOW, NOW, terms(keyed ? KEYED : Duration.ZERO));

        assertThat(verdict.outcome().state()).isEqualTo(state);
        assertThat(verdict.outcome().attempt()).isEqualTo(tried + 1);
        Ticket next = verdict.next();
        assertThat(next == null ? null : next.lane().name()).isEqualTo(lane);
        if (next != null && state == MessageState.PENDING) {
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
        Verdict first =
                rules.attempted(claimed(true, 0, 0, 0, 0), answer("unknown"), NOW - 3 * SECOND, NOW, terms(KEYED));
        assertThat(first.next()).isNotNull().extracting(Ticket::unsureSince).isEqualTo(NOW - 3 * SECOND);
        Verdict second =
                rules.attempted(claimed(true, 1, 0, 0, NOW - 100 * SECOND), answer("unknown"), NOW, NOW, terms(KEYED));
        assertThat(second.next()).isNotNull().extracting(Ticket::unsureSince).isEqualTo(NOW - 100 * SECOND);
    }

    /** The attempt of a crashed node may be dated by a clock that is ahead, and found weeks later: 31 days are too many milliseconds. */
    @ParameterizedTest
    @CsvSource({"30, 0", "-1, 1000", "-2678400, 2147483647"})
    void anAttemptNeverLastedLessThanNothing(long startedSeconds, int millis) {
        for (String answer : List.of("accepted", "not sent", "rejected", "unknown")) {
            assertThat(rules.attempted(
                                    claimed(true, 0, 0, 0, 0),
                                    answer(answer),
                                    NOW + startedSeconds * SECOND,
                                    NOW,
                                    terms(KEYED))
                            .outcome()
                            .millis())
                    .as(answer)
                    .isEqualTo(millis);
        }
    }

    /** A node that recovers after a crash may find its attempt dated by the database's clock, which is ahead of its own. */
    @Test
    void whereRepeatsAreNeverRecognisedNoClockAllowsOne() {
        long ahead = NOW + 30 * SECOND;

        assertThat(rules.attempted(claimed(true, 0, 0, 0, 0), answer("unknown"), ahead, NOW, terms(Duration.ZERO))
                        .outcome()
                        .state())
                .isEqualTo(MessageState.UNKNOWN);
        assertThat(rules.rescued(claimed(true, 0, 0, 0, 0), ahead, NOW, terms(Duration.ZERO))
                        .outcome()
                        .state())
                .isEqualTo(MessageState.UNKNOWN);
        assertThat(rules.prevented(claimed(true, 1, 0, 0, ahead), NOW, Duration.ZERO))
                .isNotNull()
                .extracting(verdict -> verdict.outcome().state())
                .isEqualTo(MessageState.UNKNOWN);
    }

    @Test
    void rescueIsAnAttemptInDoubtAndRetriedAtOnce() {
        Verdict keyed = rules.rescued(claimed(true, 0, 0, 0, 0), NOW - 30 * SECOND, NOW, terms(KEYED));
        assertThat(keyed.next()).isNotNull().satisfies(next -> {
            assertThat(next.runAt()).isEqualTo(NOW);
            assertThat(next.tried()).isEqualTo(1);
            assertThat(next.unsureSince()).isEqualTo(NOW - 30 * SECOND);
        });
        assertThat(rules.rescued(claimed(true, 0, 0, 0, 0), NOW - 30 * SECOND, NOW, terms(Duration.ZERO))
                        .outcome()
                        .state())
                .isEqualTo(MessageState.UNKNOWN);
    }

    @Test
    void whatNobodyAcknowledgedIsNoDoubtWhereOnlyThatCounts() {
        Claimed live = claimed(false, 0, NOW, 0, 0);
        Verdict rescued = rules.rescued(live, NOW - 30 * SECOND, NOW, undoubted());
        assertThat(rescued.outcome().result()).isEqualTo(Result.NOT_SENT);
        assertThat(rescued.next()).isNotNull().extracting(Ticket::step).isEqualTo(1);
        Verdict cutShort = rules.attempted(live, answer("unknown"), NOW, NOW, undoubted());
        assertThat(cutShort.next()).isNotNull().extracting(Ticket::step).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # last step | tried | deadline s | expiry s | result   | state
                    true        | 0     |            |          | HELD     | PENDING
                    true        | 2     |            |          | NOT_SENT | RETRY_WAIT
                    true        | 3     |            |          | NOT_SENT | RETRY_WAIT
                    true        | 0     | 60         |          | NOT_SENT | DEAD
                    false       | 0     | 60         |          | NOT_SENT | PENDING
                    true        | 0     |            | 60       | NOT_SENT | EXPIRED
                    """)
    void accountsFaultCostsNoAttempt(
            boolean last, int tried, Long deadline, Long expiry, Result result, MessageState state) {
        SendResult refused =
                new SendResult.NotSent("401", Optional.of(Duration.ofMinutes(1)), SendResult.Scope.ACCOUNT);
        Verdict verdict =
                rules.attempted(claimed(last, tried, at(deadline), at(expiry), 0), refused, NOW, NOW, terms(KEYED));
        assertThat(verdict.outcome().result()).isEqualTo(result);
        assertThat(verdict.outcome().state()).isEqualTo(state);
        if (verdict.next() != null && verdict.outcome().nextStep() == 0) {
            assertThat(verdict.next().tried()).isEqualTo(tried);
            assertThat(verdict.next().runAt()).isEqualTo(NOW + 60 * SECOND);
        }
    }

    /** Another node, which has the key of its body, may have sent it. */
    @Test
    void whatCannotBeReadEndsWithTheReasonAndDeadOnlyIfItWasCertainlyNotSent() {
        Claimed fresh = unreadable(Micros.NONE);
        Claimed unsure = unreadable(NOW);
        requireUnreadable(rules.prevented(fresh, NOW, KEYED), MessageState.DEAD);
        requireUnreadable(rules.prevented(unsure, NOW, KEYED), MessageState.UNKNOWN);
        requireUnreadable(rules.rescued(fresh, NOW, NOW, terms(KEYED)), MessageState.UNKNOWN);
        requireUnreadable(rules.rescued(fresh, NOW, NOW, undoubted()), MessageState.DEAD);
        requireUnreadable(rules.rescued(unsure, NOW, NOW, undoubted()), MessageState.UNKNOWN);
    }

    private static Claimed unreadable(long unsureSince) {
        Claimed good = claimed(false, 1, 0, 0, unsureSince);
        return new Claimed(
                good.ticket(),
                good.steps(),
                "",
                Map.of(),
                0,
                1,
                0,
                0,
                RecipientTime.UNKNOWN,
                Optional.empty(),
                Optional.of("no channel"));
    }

    private static void requireUnreadable(@Nullable Verdict verdict, MessageState state) {
        Outcome outcome = Objects.requireNonNull(verdict).outcome();
        assertThat(outcome.result()).isEqualTo(Result.UNREADABLE);
        assertThat(outcome.state()).isEqualTo(state);
        assertThat(outcome.error()).isEqualTo("no channel");
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
        assertThat(released.outcome().state()).isEqualTo(MessageState.RETRY_WAIT);
        assertThat(rules.released(claimed(true, 0, 0, 0, 0), NOW).outcome().state())
                .isEqualTo(MessageState.PENDING);
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
    void prevented(boolean last, Long deadline, Long expiry, Long unsure, Result result, MessageState state) {
        Claimed claimed = claimed(last, 0, at(deadline), at(expiry), unsure == null ? 0 : NOW - unsure * SECOND);
        Verdict verdict = rules.prevented(claimed, NOW, KEYED);
        assertThat(verdict == null ? null : verdict.outcome().result()).isEqualTo(result);
        assertThat(verdict == null ? null : verdict.outcome().state()).isEqualTo(state);
    }

    @Test
    void impossibleVerdictsCannotBeMade() {
        Verdict sent = rules.attempted(claimed(true, 0, 0, 0, 0), answer("accepted"), NOW, NOW, terms(KEYED));
        Verdict waits = rules.attempted(claimed(true, 0, 0, 0, 0), answer("not sent"), NOW, NOW, terms(KEYED));
        assertThatIllegalArgumentException().isThrownBy(() -> new Verdict(sent.outcome(), waits.next()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Verdict(waits.outcome(), null));
    }
}
