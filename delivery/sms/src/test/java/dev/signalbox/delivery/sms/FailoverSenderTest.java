package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Scope;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.http.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who is asked after whom, and when nobody is. */
class FailoverSenderTest {
    private static final SendResult DOWN = new SendResult.NotSent("cannot be connected to", Optional.empty());
    private static final SendResult SENT = new SendResult.Accepted(Optional.of("42"));
    private static final CircuitBreaker.Limits LIMITS =
            new CircuitBreaker.Limits(2, Duration.ofSeconds(10), Duration.ofSeconds(40));

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private final Scripted first = new Scripted();
    private final Scripted second = new Scripted();
    private final FailoverSender sender = FailoverSender.of(
            List.of(new FailoverSender.Provider("first", first), new FailoverSender.Provider("second", second)),
            LIMITS,
            new FailoverSender.Listener() {
                @Override
                public void asked(String provider, SendResult result) {
                    told.add(provider + " " + result.getClass().getSimpleName());
                }

                @Override
                public void passedOn(String from, String to) {
                    told.add(from + " > " + to);
                }
            },
            nanos::get);

    /** A provider that answers as it is told to, and notes what it was asked. */
    private final class Scripted implements Sender {
        private final List<Delivery> asked = new ArrayList<>();
        private Optional<SendResult> withoutRequest = Optional.empty();
        private SendResult answer = SENT;
        private Duration takes = Duration.ZERO;

        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public SendResult send(Delivery delivery) {
            if (withoutRequest.isPresent()) {
                return withoutRequest.get();
            }
            if (!delivery.mayBegin()) {
                return new SendResult.NotSent("it was not begun", Optional.empty());
            }
            asked.add(delivery);
            nanos.addAndGet(takes.toNanos());
            return answer;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(6);
        }

        @Override
        public int concurrency() {
            return this == first ? 8 : 4;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ofHours(1);
        }
    }

    private SendResult send() throws InterruptedException {
        return sender.send(Deliveries.to(Deliveries.PHONE, "hello"));
    }

    @Test
    void theFirstSendsWhileItCan() throws Exception {
        assertThat(send()).isEqualTo(new SendResult.Accepted(Optional.of("first:42")));
        assertThat(second.asked).isEmpty();
        assertThat(told).containsExactly("first Accepted");
    }

    @Test
    void whatWasCertainlyNotSentGoesToTheNext() throws Exception {
        first.answer = DOWN;
        assertThat(send()).isEqualTo(new SendResult.Accepted(Optional.of("second:42")));
        assertThat(second.asked.getFirst().idempotencyKey())
                .isEqualTo(first.asked.getFirst().idempotencyKey());
        assertThat(told).containsExactly("first NotSent", "first > second", "second Accepted");
    }

    /** The person could get the message twice. */
    @Test
    void doubtAndRefusalsNeverPassOn() throws Exception {
        first.answer = new SendResult.Unknown("no answer");
        assertThat(send()).isEqualTo(new SendResult.Unknown("first: no answer"));
        first.answer = new SendResult.Rejected("no such number");
        assertThat(send()).isEqualTo(new SendResult.Rejected("first: no such number"));
        assertThat(second.asked).isEmpty();
    }

    @Test
    void doubtAtTheSecondIsFinalToo() throws Exception {
        first.answer = DOWN;
        second.answer = new SendResult.Unknown("no answer");
        assertThat(send()).isEqualTo(new SendResult.Unknown("second: no answer"));
    }

    /** A repeat might go to the other provider, which does not know the key. */
    @Test
    void noKeyOutlastsAnAttempt() {
        assertThat(sender.keyLifetime()).isZero();
    }

    @Test
    void allReasonsAreToldIfNobodySends() throws Exception {
        first.answer = new SendResult.NotSent("too many", Optional.of(Duration.ofSeconds(30)));
        second.answer = new SendResult.NotSent("wrong token", Optional.of(Duration.ofSeconds(20)), Scope.ACCOUNT);
        assertThat(send())
                .isEqualTo(new SendResult.NotSent(
                        "first: too many; second: wrong token", Optional.of(Duration.ofSeconds(20)), Scope.MESSAGE));
        first.answer = new SendResult.NotSent("no credit", Optional.empty(), Scope.ACCOUNT);
        assertThat(send())
                .isEqualTo(new SendResult.NotSent(
                        "first: no credit; second: wrong token", Optional.empty(), Scope.ACCOUNT));
    }

    @Test
    void aProviderThatFailsAgainAndAgainIsPassedOverUntilATrialSucceeds() throws Exception {
        first.answer = DOWN;
        send();
        assertThat(sender.passedOver()).isEmpty();
        send();
        assertThat(sender.passedOver()).containsExactly("first");
        send();
        assertThat(first.asked).hasSize(2);
        assertThat(second.asked).hasSize(3);

        first.answer = SENT;
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(send()).isEqualTo(new SendResult.Accepted(Optional.of("first:42")));
        assertThat(sender.passedOver()).isEmpty();
    }

    /** Such as a number that is none: nobody has asked the provider, which is as it was. */
    @Test
    void whatASenderRefusesWithoutARequestIsNotItsProvidersAnswer() throws Exception {
        SendResult refused = new SendResult.Rejected("'12' is not a phone number");
        first.answer = DOWN;
        send();
        first.withoutRequest = Optional.of(refused);
        assertThat(send()).isEqualTo(new SendResult.Rejected("first: '12' is not a phone number"));
        first.withoutRequest = Optional.empty();
        send();
        assertThat(sender.passedOver()).as("two failures in a row").containsExactly("first");

        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        first.withoutRequest = Optional.of(refused);
        send();
        assertThat(sender.passedOver()).as("no trial was made").containsExactly("first");
        first.withoutRequest = Optional.empty();
        first.answer = SENT;
        assertThat(send()).isEqualTo(new SendResult.Accepted(Optional.of("first:42")));
        assertThat(sender.passedOver()).isEmpty();
        assertThat(told).doesNotContain("first Rejected");
    }

    /** A provider that cannot be connected to was not sent anything either, and that is its failure. */
    @Test
    void connectionsThatCannotBeMadeAreTheProvidersFailure() throws Exception {
        first.withoutRequest = Optional.of(DOWN);
        send();
        send();
        assertThat(sender.passedOver()).containsExactly("first");
    }

    @Test
    void ifAllAreToBePassedOverTheFirstIsAsked() throws Exception {
        first.answer = DOWN;
        second.answer = DOWN;
        send();
        send();
        assertThat(sender.passedOver()).containsExactly("first", "second");
        assertThat(send())
                .isEqualTo(new SendResult.NotSent("first: cannot be connected to", Optional.empty(), Scope.MESSAGE));
        assertThat(first.asked).hasSize(3);
        assertThat(second.asked).hasSize(2);
    }

    @Test
    void theNextHasOnlyTheTimeThatIsLeft() throws Exception {
        first.answer = DOWN;
        first.takes = Duration.ofSeconds(20);
        send();
        assertThat(second.asked.getFirst().remaining()).isEqualTo(Duration.ofSeconds(10));
        first.takes = Duration.ofSeconds(30);
        assertThat(send()).isInstanceOf(SendResult.NotSent.class);
        assertThat(second.asked).hasSize(1);
    }

    /** The node was frozen, and another has sent the message: nobody may begin, and no provider has failed. */
    @Test
    void anAttemptThatMayNotBeginIsNobodysFailure() throws Exception {
        var permitted = new AtomicBoolean();
        Delivery late = Deliveries.to(Deliveries.PHONE, "hello").withPermit(permitted::get);
        for (int i = 0; i < 5; i++) {
            assertThat(sender.send(late)).isInstanceOf(SendResult.NotSent.class);
        }
        assertThat(first.asked).isEmpty();
        assertThat(second.asked).isEmpty();
        assertThat(sender.passedOver()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void whatAListenerThrowsChangesNoResult() throws Exception {
        FailoverSender unheard = FailoverSender.of(
                List.of(new FailoverSender.Provider("first", first), new FailoverSender.Provider("second", second)),
                LIMITS,
                new FailoverSender.Listener() {
                    @Override
                    public void asked(String provider, SendResult result) {
                        throw new IllegalStateException("as the test wants it");
                    }

                    @Override
                    public void passedOn(String from, String to) {
                        throw new IllegalStateException("as the test wants it");
                    }
                },
                nanos::get);
        first.answer = DOWN;
        assertThat(unheard.send(Deliveries.to(Deliveries.PHONE, "hello")))
                .isEqualTo(new SendResult.Accepted(Optional.of("second:42")));
    }

    @Test
    void itsTimeIsThatOfAllAndItsConcurrencyThatOfTheSmallest() {
        assertThat(sender.timeout()).isEqualTo(Duration.ofSeconds(12));
        assertThat(sender.concurrency()).isEqualTo(4);
        assertThat(sender.channel()).isEqualTo(Channel.SMS);
    }

    @Test
    void wrongGroupsAreRefused() {
        var one = new FailoverSender.Provider("one", first);
        assertThatThrownBy(() -> FailoverSender.of(List.of(one), LIMITS, listener()))
                .hasMessageContaining("at least 2");
        assertThatThrownBy(() -> FailoverSender.of(List.of(one, one), LIMITS, listener()))
                .hasMessageContaining("called one");
        assertThatThrownBy(() -> new FailoverSender.Provider("Twilio!", first))
                .hasMessageContaining("provider name 'Twilio!'");
    }

    private static FailoverSender.Listener listener() {
        return new FailoverSender.Listener() {
            @Override
            public void asked(String provider, SendResult result) {
                throw new AssertionError("nobody is asked");
            }

            @Override
            public void passedOn(String from, String to) {
                throw new AssertionError("nobody is asked");
            }
        };
    }
}
