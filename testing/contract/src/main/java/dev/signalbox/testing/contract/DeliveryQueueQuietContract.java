package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.ClusterLimits;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.QuietTimes;
import dev.signalbox.delivery.queue.Rate;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecipientTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody is disturbed in their quiet hours. */
public abstract class DeliveryQueueQuietContract extends DeliveryQueueContract {
    private static final QuietHours NIGHT = QuietHours.parse("22:00-07:00");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final RecipientTime SLEEPER = RecipientTime.in(BERLIN).withQuietHours(NIGHT);

    /** 23:00 in Berlin, in the night in which its clocks are set forward. */
    private static final Instant NOW = Instant.parse("2026-03-28T22:00:00Z");

    private static final Instant MORNING = Instant.parse("2026-03-29T05:00:00Z");

    private static final QuietTimes QUIET =
            QuietTimes.NONE.withChannels(Map.of(Channel.SMS, new QuietTimes.Usual(NIGHT, BERLIN)));

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender live = ScriptedSender.of(Channel.LIVE);

    @BeforeEach
    void atNight() {
        clock.advance(Duration.between(clock.instant(), NOW));
    }

    private Dispatcher quiet() {
        return node(OPTIONS.withQuiet(QUIET), sms, live);
    }

    private void awaitMorning(Dispatcher node) {
        clock.advance(Duration.between(clock.instant(), MORNING).minusMillis(1));
        node.runOnce();
        assertThat(sms.given()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        node.runOnce();
    }

    @Test
    void messageWaitsForTheMorningOfItsRecipient() {
        UUID id = enqueue(sms().recipientTime(SLEEPER).maxAttempts(1));
        Dispatcher node = node(sms);
        node.runOnce();
        assertState(id, MessageState.PENDING);
        assertThat(find(id).nextAttemptAt()).contains(MORNING);
        assertThat(find(id).attempts()).singleElement().satisfies(line -> {
            assertThat(line.result()).isEqualTo("HELD");
            assertThat(line.error()).contains("its recipient has quiet hours");
        });
        awaitMorning(node);
        assertState(id, MessageState.SENT);
    }

    @Test
    void hoursOfAChannelGoByTheRecipientsZoneIfItIsKnown() {
        UUID berlin = enqueueSms();
        UUID sydney = enqueue(sms().recipientTime(RecipientTime.in(ZoneId.of("Australia/Sydney"))));
        Dispatcher node = quiet();
        node.runOnce();
        assertState(sydney, MessageState.SENT);
        assertState(berlin, MessageState.PENDING);
        assertThat(find(berlin).nextAttemptAt()).contains(MORNING);
    }

    @Test
    void exemptCategoriesComeAtAnyHourButNotAgainstTheRecipientsOwn() {
        UUID alarm = enqueue(sms().header("Category", " Transactional"));
        UUID own = enqueue(sms().header("category", "transactional").recipientTime(SLEEPER));
        UUID news = enqueue(sms().header("category", "news"));
        quiet().runOnce();
        assertState(alarm, MessageState.SENT);
        assertState(own, MessageState.PENDING);
        assertState(news, MessageState.PENDING);
        node(OPTIONS.withQuiet(QUIET.withExempt(Set.of())), sms).runOnce();
        UUID second = enqueue(sms().header("category", "transactional"));
        node(OPTIONS.withQuiet(QUIET.withExempt(Set.of())), sms).runOnce();
        assertState(second, MessageState.PENDING);
    }

    @Test
    void connectedClientIsTriedAndTheStepBehindWaits() {
        UUID away = enqueue(Reach.to("client:alice within 5s", "sms:+61400000000")
                .body("hello")
                .recipientTime(SLEEPER));
        UUID there =
                enqueue(Reach.to("client:bob", "sms:+61400000001").body("hello").recipientTime(SLEEPER));
        live.answering(
                delivery -> delivery.address().equals("bob") ? ScriptedSender.accepted() : ScriptedSender.rejected());
        Dispatcher node = quiet();
        node.runOnce();
        node.runOnce();
        assertState(there, MessageState.SENT);
        assertState(away, MessageState.PENDING);
        assertThat(find(away).nextAttemptAt()).contains(MORNING);
        awaitMorning(node);
        assertState(away, MessageState.SENT);
    }

    @Test
    void whatWouldExpireInTheNightEndsAtOnceAndATimeLimitPassesOn() {
        UUID expiring = enqueue(sms().recipientTime(SLEEPER).expiresAt(MORNING));
        UUID limited = enqueue(Reach.to("sms:+61400000000 within 1h", "email:a@example.com")
                .body("hello")
                .recipientTime(SLEEPER));
        quiet().runOnce();
        assertState(expiring, MessageState.EXPIRED);
        assertThat(find(limited).attempts().getLast().result()).isEqualTo("TIMED_OUT");
        assertState(limited, MessageState.PENDING);
    }

    @Test
    void retryOfADoubtfulAttemptWaitsAndKeepsItsKey() {
        ScriptedSender doubtful = sms.answering(ScriptedSender.unknown());
        clock.advance(Duration.ofHours(-2)); // 21:00
        UUID id = enqueue(sms().recipientTime(SLEEPER));
        Dispatcher node = node(doubtful);
        node.runOnce();
        clock.advance(Duration.ofHours(2));
        node.runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        assertThat(find(id).nextAttemptAt()).contains(MORNING);
        clock.advance(Duration.between(clock.instant(), MORNING));
        sms.answering(ScriptedSender.accepted());
        node.runOnce();
        assertThat(sms.given())
                .extracting(delivery -> delivery.idempotencyKey())
                .containsExactly(id + "", id + "");
    }

    @Test
    void sleepersTakeNothingOfTheLimits() {
        ClusterLimits limits = ClusterLimits.NONE
                .withRates(Map.of(Channel.SMS, new Rate(2, Duration.ofDays(1))))
                .withRecipients(Map.of(Channel.SMS, new Rate(1, Duration.ofDays(1))));
        for (int i = 0; i < 3; i++) {
            enqueue(sms().recipientTime(SLEEPER));
        }
        Dispatcher node = node(OPTIONS.withLimits(limits), sms);
        node.runOnce();
        node.runOnce();
        UUID awake = enqueueSms();
        node.runOnce();
        assertState(awake, MessageState.SENT);
    }

    @Test
    void repeatForAnotherZoneIsAnotherMessage() {
        queue().enqueue(sms().dedupeKey("k").recipientTime(SLEEPER).build());
        assertThat(queue().enqueueAll(List.of(sms().dedupeKey("k")
                                .recipientTime(RecipientTime.in(BERLIN))
                                .build()))
                        .getFirst()
                        .differing())
                .containsExactly("quietHours");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecipientTime(Optional.empty(), Optional.of(NIGHT)))
                .withMessageStartingWith("quiet hours");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecipientTime.zone("Europe/Nowhere"))
                .withMessageStartingWith("time zone");
    }
}
