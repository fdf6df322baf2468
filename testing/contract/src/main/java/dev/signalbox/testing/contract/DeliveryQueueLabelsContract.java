package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.DeliveryQueue.Change;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages are found, counted, changed and removed by their tags. */
public abstract class DeliveryQueueLabelsContract extends DeliveryQueueContract {
    private static final Remark REMARK = Remark.by("alice");

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);

    private static MessageFilter tag(String tag) {
        return MessageFilter.ALL.withTag(Optional.of(tag));
    }

    private List<UUID> found(MessageFilter filter) {
        List<UUID> found = new ArrayList<>();
        MessageFilter rest = filter;
        while (true) {
            Page page = queue().list(rest);
            page.items().forEach(status -> found.add(status.reach().id()));
            if (page.next().isEmpty()) {
                return found;
            }
            rest = rest.withCursor(page.next());
        }
    }

    private long tagRows() {
        return database().read(connection -> {
            try (Statement statement = connection.createStatement();
                    var row = statement.executeQuery("select count(*) from delivery_tag")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private UUID ended(Reach.Builder reach) {
        UUID id = enqueue(reach);
        node(sms).runOnce();
        return id;
    }

    @Test
    void messagesAreFoundByAWholeTagInEveryState() {
        UUID first = enqueue(sms().tags("spring", "vip").at(clock.instant().plusSeconds(60)));
        UUID second = enqueue(sms().tags("spring"));
        enqueue(sms().tags("Spring", "spring:2"));
        enqueueSms();
        assertThat(found(tag("spring"))).containsExactly(second, first);
        assertThat(found(tag("vip"))).containsExactly(first);
        assertThat(found(tag("spr"))).isEmpty();
        assertThat(found(tag("spring").withState(MessageState.PENDING))).containsExactly(second, first);
        node(sms).runOnce();
        assertThat(found(tag("spring").withState(MessageState.SENT))).containsExactly(second);
        assertThat(found(tag("spring").withState(MessageState.PENDING))).containsExactly(first);
        assertThat(found(tag("vip").withState(MessageState.SENT))).isEmpty();
        queue().cancel(first);
        assertThat(found(tag("spring").withState(MessageState.CANCELLED))).containsExactly(first);
        assertThat(found(tag("vip").withState(MessageState.DEAD))).isEmpty();
        assertThat(found(tag("vip").withId(Optional.of(first.toString())))).containsExactly(first);
        assertThat(found(tag("vip").withId(Optional.of(second.toString())))).isEmpty();
    }

    @Test
    void claimedMessagesAreFoundByTagToo() {
        UUID id = enqueue(sms().tags("spring"));
        enqueueSms();
        AtomicReference<List<UUID>> claimed = new AtomicReference<>(List.of());
        node(sms.answering(delivery -> {
                    if (delivery.id().equals(id)) {
                        claimed.set(found(tag("spring").withState(MessageState.CLAIMED)));
                    }
                    return ScriptedSender.accepted();
                }))
                .runOnce();
        assertThat(claimed.get()).containsExactly(id);
    }

    @Test
    void pagesAndCountsByTagAreExact() {
        List<Reach> many = IntStream.range(0, 250)
                .mapToObj(i -> (i % 2 == 0 ? sms().tags("even", "all") : sms().tags("all")).build())
                .toList();
        queue().enqueueAll(many);
        enqueueSms();
        assertThat(found(tag("even").withLimit(10))).hasSize(125).doesNotHaveDuplicates();
        assertThat(queue().count(tag("even").withLimit(10_000))).isEqualTo(new BulkChange(125, 0, Optional.empty()));
        BulkChange some = queue().count(tag("all").withLimit(120));
        assertThat(some.matched()).isEqualTo(120);
        assertThat(some.next()).isPresent();
        assertThat(queue().count(tag("even").withState(MessageState.SENT)).matched())
                .isZero();
    }

    @Test
    void thoseWithATagAreCancelledRetriedAndDeletedInBites() {
        for (int i = 0; i < 120; i++) {
            enqueue(i % 2 == 0 ? sms().tags("spring") : sms());
        }
        MessageFilter spring = tag("spring").withLimit(1_000);
        assertThat(queue().changeAll(spring.withState(MessageState.PENDING), Action.CANCEL, REMARK, false)
                        .changed())
                .isEqualTo(60);
        assertThat(queue().count(MessageFilter.ALL.withState(MessageState.PENDING))
                        .matched())
                .isEqualTo(50);
        assertThat(queue().changeAll(
                                spring.withState(MessageState.CANCELLED).withLimit(20), Action.RETRY, REMARK, false)
                        .changed())
                .isEqualTo(20);
        assertThat(queue().changeAll(spring.withState(MessageState.CANCELLED), Action.DELETE, REMARK, true))
                .isEqualTo(new BulkChange(40, 0, Optional.empty()));
        assertThat(queue().changeAll(spring.withState(MessageState.CANCELLED), Action.DELETE, REMARK, false)
                        .changed())
                .isEqualTo(40);
        assertThat(found(tag("spring"))).hasSize(20);
        assertThat(tagRows()).isEqualTo(20);
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.CANCELLED, 0L)
                .containsEntry(MessageState.PENDING, 80L);
    }

    @Test
    void deletedMessageIsGoneAndItsKeyIsFree() {
        UUID id = ended(sms().dedupeKey("k").tags("spring"));
        assertThat(queue().change(id, Action.DELETE, REMARK)).contains(new Change(MessageState.SENT, true));
        assertThat(queue().find(id)).isEmpty();
        assertThat(queue().change(id, Action.DELETE, REMARK)).isEmpty();
        assertThat(tagRows()).isZero();
        assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 0L);
        assertThat(queue().enqueue(sms().dedupeKey("k").build()).duplicate()).isFalse();
    }

    @Test
    void whatHasNotEndedOrIsInDoubtIsNotDeleted() {
        UUID waiting = enqueue(sms().at(clock.instant().plusSeconds(60)));
        assertThat(queue().change(waiting, Action.DELETE, REMARK)).contains(new Change(MessageState.PENDING, false));
        ScriptedSender mail = ScriptedSender.of(Channel.EMAIL).withKeyLifetime(Duration.ZERO);
        UUID doubtful = enqueue(Reach.to("email:a@example.com").body("x"));
        node(mail.answering(ScriptedSender.unknown())).runOnce();
        assertThat(queue().change(doubtful, Action.DELETE, REMARK)).contains(new Change(MessageState.UNKNOWN, false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().changeAll(
                                MessageFilter.ALL.withState(MessageState.UNKNOWN), Action.DELETE, REMARK, false))
                .withMessageStartingWith("state is UNKNOWN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().changeAll(tag("x"), Action.DELETE, REMARK, false))
                .withMessageStartingWith("state is missing");
    }

    /** Its entry in the lease would count as one that was never recorded, once its id is used again. */
    @Test
    void whatEndedUnderALeaseThatStandsStaysUntilThatHasEnded() {
        UUID cancelled = enqueue(sms().at(clock.instant().plusSeconds(60)));
        enqueueSms();
        List<Optional<Change>> early = new ArrayList<>();
        Dispatcher node = node(sms.answering(delivery -> {
            queue().cancel(cancelled);
            early.add(queue().change(cancelled, Action.DELETE, REMARK));
            return ScriptedSender.accepted();
        }));
        node.runOnce();
        assertThat(early).containsExactly(Optional.of(new Change(MessageState.CANCELLED, false)));
        assertThat(queue().change(cancelled, Action.DELETE, REMARK)).contains(new Change(MessageState.CANCELLED, true));
    }

    @Test
    void labelsOutOfBoundsAreRefusedByName() {
        for (String bad : List.of("", "a b", "a\n", ":a", "ä", "x".repeat(65), "a'b")) {
            assertThatIllegalArgumentException().isThrownBy(() -> tag(bad)).withMessageStartingWith("tag");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sms().tags(bad).build())
                    .withMessageStartingWith("tag");
        }
        String[] many = IntStream.range(0, 17).mapToObj(i -> "t" + i).toArray(String[]::new);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sms().tags(many).build())
                .withMessageStartingWith("tags");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sms().dedupeWindow(Duration.ofMinutes(1)).build())
                .withMessageStartingWith("dedupe window needs a dedupe key");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        sms().dedupeKey("k").dedupeWindow(Duration.ofDays(366)).build())
                .withMessageStartingWith("dedupe window");
    }
}
