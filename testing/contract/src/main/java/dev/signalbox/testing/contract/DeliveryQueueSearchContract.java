package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.ErrorCount;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How reaches are found again, and what the queue tells of itself. */
public abstract class DeliveryQueueSearchContract extends DeliveryQueueContract {

    private List<UUID> found(MessageFilter filter) {
        return queue().list(filter).items().stream()
                .map(status -> status.reach().id())
                .toList();
    }

    private static MessageFilter state(MessageState state) {
        return MessageFilter.ALL.withState(state);
    }

    @Test
    void pagesShowAllOnceNewestFirst() {
        List<UUID> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            expected.addFirst(enqueueSms());
        }
        for (MessageFilter filter : List.of(
                MessageFilter.ALL, state(MessageState.PENDING), MessageFilter.ALL.withText(Optional.of("HELL")))) {
            List<UUID> listed = new ArrayList<>();
            Optional<String> cursor = Optional.empty();
            do {
                Page page = queue().list(filter.withLimit(10).withCursor(cursor));
                page.items().forEach(status -> listed.add(status.reach().id()));
                cursor = page.next();
            } while (cursor.isPresent());
            assertThat(listed).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void listFiltersByStateChannelAndAddress() {
        UUID later = enqueue(sms().at(clock.instant().plusSeconds(60)));
        UUID waiting = enqueue(Reach.to("email:bob@example.com").body("hello"));
        UUID sent = enqueue(sms());
        UUID refused = enqueue(Reach.to("sms:+61400000001").body("hello"));
        node(ScriptedSender.of(Channel.SMS)
                        .answering(delivery -> delivery.address().endsWith("1")
                                ? ScriptedSender.rejected()
                                : ScriptedSender.accepted()))
                .runOnce();

        assertThat(found(state(MessageState.PENDING))).containsExactly(waiting, later);
        assertThat(found(state(MessageState.SENT))).containsExactly(sent);
        assertThat(found(state(MessageState.REJECTED))).containsExactly(refused);
        assertThat(found(state(MessageState.DEAD))).isEmpty();
        assertThat(found(state(MessageState.CLAIMED))).isEmpty();
        assertThat(found(MessageFilter.ALL.withChannel(Optional.of(Channel.EMAIL))))
                .containsExactly(waiting);
        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("+61400000000"))))
                .containsExactly(sent, later);
        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("+6140000000"))))
                .isEmpty();
        assertThat(found(state(MessageState.SENT).withAddress(Optional.of("+61400000001"))))
                .isEmpty();
    }

    @Test
    void addressOfAnyStepIsFoundAndWildcardsAreOnlyText() {
        UUID chain =
                enqueue(Reach.to("client:alice within 5s", "sms:+61400000000").body("hello"));
        UUID odd = enqueue(Reach.to("email:a_b%c!d@example.com").body("100% of_it!"));
        enqueue(Reach.to("email:aXbYc!d@example.com").body("1000 of it"));
        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("+61400000000"))))
                .containsExactly(chain);
        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("alice")))).containsExactly(chain);
        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("a_b%c!d@example.com"))))
                .containsExactly(odd);
        assertThat(found(MessageFilter.ALL.withText(Optional.of("% OF_IT!")))).containsExactly(odd);
        assertThat(found(MessageFilter.ALL.withChannel(Optional.of(Channel.SMS))))
                .isEmpty(); // Its turn has not come.
        assertThat(found(MessageFilter.ALL.withChannel(Optional.of(Channel.LIVE))))
                .containsExactly(chain);
    }

    @Test
    void idIsFoundByHowItBegins() {
        UUID one = enqueue(sms().id(UUID.fromString("0196f0aa-0000-7000-8000-000000000001")));
        UUID two = enqueue(sms().id(UUID.fromString("0196f0aa-ffff-7000-8000-000000000002")));
        UUID last = enqueue(sms().id(UUID.fromString("ffffffff-ffff-7fff-bfff-ffffffffffff")));
        assertThat(found(MessageFilter.ALL.withId(Optional.of("0196F0AA")))).containsExactly(two, one);
        assertThat(found(MessageFilter.ALL.withId(Optional.of("0196f0aa-f")))).containsExactly(two);
        assertThat(found(MessageFilter.ALL.withId(Optional.of(one.toString())))).containsExactly(one);
        assertThat(found(MessageFilter.ALL.withId(Optional.of("ffff")))).containsExactly(last);
        assertThat(found(state(MessageState.SENT).withId(Optional.of("0196f0aa"))))
                .isEmpty();
        assertThat(found(MessageFilter.ALL
                        .withId(Optional.of("0196f0aa"))
                        .withLimit(1)
                        .withCursor(Optional.of(two.toString()))))
                .containsExactly(one);
    }

    @Test
    void reasonIsThatOfTheLastLineOfTheHistory() {
        UUID refused = enqueue(Reach.to("sms:+61400000001").body("hello"));
        UUID retried = enqueue(Reach.to("sms:+61400000002").body("hello"));
        UUID revived = enqueue(Reach.to("sms:+61400000003").body("hello"));
        node(ScriptedSender.of(Channel.SMS)
                        .answering(delivery -> delivery.address().endsWith("2")
                                ? new SendResult.NotSent("Gateway overloaded", Optional.empty())
                                : new SendResult.Rejected("Invalid NUMBER")))
                .runOnce();
        queue().retry(revived);

        assertThat(found(MessageFilter.ALL.withReason(Optional.of("invalid number"))))
                .containsExactly(refused);
        assertThat(found(state(MessageState.REJECTED).withReason(Optional.of("invalid"))))
                .containsExactly(refused);
        assertThat(found(state(MessageState.RETRY_WAIT).withReason(Optional.of("OVERLOADED"))))
                .containsExactly(retried);
        assertThat(found(state(MessageState.PENDING).withReason(Optional.of("invalid"))))
                .isEmpty();
    }

    @Test
    void acceptanceTimesBoundTheList() {
        Instant start = clock.instant();
        UUID first = enqueueSms();
        clock.advance(Duration.ofMinutes(1));
        UUID second = enqueue(sms().id(UUID.randomUUID())); // An id that says nothing about time.
        clock.advance(Duration.ofMinutes(1));
        UUID third = enqueueSms();
        Instant middle = start.plusSeconds(60);
        assertThat(found(MessageFilter.ALL.withAccepted(Optional.of(middle), Optional.empty())))
                .containsExactlyInAnyOrder(second, third);
        assertThat(found(MessageFilter.ALL.withAccepted(Optional.empty(), Optional.of(middle))))
                .containsExactly(first);
        assertThat(found(MessageFilter.ALL.withAccepted(Optional.of(middle), Optional.of(middle.plusSeconds(1)))))
                .containsExactly(second);
    }

    /** More than a search reads or walks at once, with the oldest one wanted. */
    @Test
    void oneInManyIsFoundAndAShortPageSaysHowManyWereSearched() {
        UUID first =
                enqueue(Reach.to("email:needle@example.com", "sms:+61400000000").body("needle"));
        List<Reach> many = IntStream.range(0, 12_000)
                .mapToObj(i -> Reach.to("sms:+61400000001", "email:other@example.com")
                        .body("hay " + i)
                        .build())
                .toList();
        queue().enqueueAll(many);

        assertThat(found(MessageFilter.ALL.withAddress(Optional.of("needle@example.com"))))
                .containsExactly(first);
        assertThat(found(MessageFilter.ALL.withText(Optional.of("NEEDLE")))).containsExactly(first);
        assertThat(found(state(MessageState.PENDING).withText(Optional.of("needle"))))
                .containsExactly(first);
        // The channel of a step that is not its turn: only the history tells, so these are read one by one.
        MessageFilter rest = MessageFilter.ALL.withChannel(Optional.of(Channel.EMAIL));
        Page page = queue().list(rest);
        assertThat(page.items()).isEmpty();
        assertThat(page.searched().orElseThrow()).isGreaterThan(1_000);
        int pages = 0;
        while (page.items().isEmpty() && page.next().isPresent() && pages++ < 10) {
            rest = rest.withCursor(page.next());
            page = queue().list(rest);
        }
        assertThat(page.items()).extracting(status -> status.reach().id()).containsExactly(first);
        assertThat(page.next()).isEmpty();
        assertThat(page.searched()).isEmpty();
    }

    @Test
    void filtersOutOfBoundsAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageFilter.ALL.withLimit(0))
                .withMessageStartingWith("limit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().list(MessageFilter.ALL.withLimit(1_001)))
                .withMessageStartingWith("limit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageFilter.ALL.withId(Optional.of("abc")))
                .withMessageStartingWith("id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageFilter.ALL.withText(Optional.of("a")))
                .withMessageStartingWith("text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageFilter.ALL.withReason(Optional.of("a\0b")))
                .withMessageStartingWith("reason");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageFilter.ALL.withCursor(Optional.of("1")))
                .withMessageStartingWith("cursor");
    }

    @Test
    void overviewTellsTheOldestAndTheErrorsOfTheLastHour() {
        assertThat(queue().overview().oldestPending()).isEmpty();
        assertThat(queue().overview().oldestDue()).isEmpty();
        Instant start = clock.instant();
        enqueue(sms().at(start.plus(Duration.ofHours(3))));
        enqueue(Reach.to("sms:+61400000001").body("old"));
        node(failing("forgotten by then")).runOnce();
        clock.advance(Duration.ofHours(2));
        Instant later = clock.instant();
        enqueue(Reach.to("email:bob@example.com").body("waits for a sender"));
        UUID cancelled = enqueue(Reach.to("email:bob@example.com").body("never mind"));
        queue().cancel(cancelled);
        enqueueSms();
        enqueueSms();
        node(DispatchOptions.DEFAULT.withRetry(RETRY), failing("gateway overloaded"))
                .runOnce();
        clock.advance(Duration.ofSeconds(5));

        assertThat(queue().overview().oldestPending()).contains(start);
        assertThat(queue().overview().oldestDue()).contains(later);
        assertThat(queue().overview().errors()).containsExactly(new ErrorCount("gateway overloaded", Channel.SMS, 3));
    }

    private static ScriptedSender failing(String reason) {
        return ScriptedSender.of(Channel.SMS).answering(delivery -> new SendResult.NotSent(reason, Optional.empty()));
    }
}
