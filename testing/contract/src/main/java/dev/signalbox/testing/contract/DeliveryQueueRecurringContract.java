package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.CronSchedule;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecurringMessage;
import dev.signalbox.delivery.queue.RecurringMessages;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that recur. The clock stands at noon of 1 March 2026. */
public abstract class DeliveryQueueRecurringContract extends DeliveryQueueContract {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final CronSchedule HOURLY = CronSchedule.parse("@hourly");
    private static final Duration HOUR = Duration.ofHours(1);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private RecurringMessages recurring;

    @BeforeEach
    void open() {
        recurring = RecurringMessages.of(queue());
        removeAll();
    }

    @AfterEach
    void removeAll() {
        recurring.list().forEach(one -> recurring.remove(one.name()));
    }

    private static Reach read(RecurringMessage due) {
        return sms().body(due.message()).build();
    }

    private int enqueueDue() {
        return recurring.enqueueDue(DeliveryQueueRecurringContract::read);
    }

    private long pending() {
        return queue().counts().byState().getOrDefault(MessageState.PENDING, 0L);
    }

    @Test
    void eachTimeIsEnqueuedOnceAndTheNextIsKept() {
        RecurringMessage put = recurring.put("news", HOURLY, UTC, "the news");
        assertThat(put.nextAt()).isEqualTo(Instant.parse("2026-03-01T13:00:00Z"));
        assertThat(recurring.next()).contains(put.nextAt());
        assertThat(enqueueDue()).isZero();
        clock.advance(HOUR);
        assertThat(enqueueDue()).isEqualTo(1);
        assertThat(enqueueDue()).isZero();
        assertThat(recurring.find("news").orElseThrow().lastAt()).contains(put.nextAt());
        assertThat(recurring.next()).contains(Instant.parse("2026-03-01T14:00:00Z"));
        node(sms).runOnce();
        assertThat(sms.given()).extracting(Delivery::body).containsExactly("the news");
    }

    @Test
    void timesThatPassedAreMadeUpForOnce() {
        recurring.put("news", HOURLY, UTC, "the news");
        clock.advance(HOUR.multipliedBy(30).plusMinutes(10));
        assertThat(enqueueDue()).isEqualTo(1);
        assertThat(enqueueDue()).isZero();
        assertThat(pending()).isEqualTo(1);
        RecurringMessage news = recurring.find("news").orElseThrow();
        assertThat(news.lastAt()).contains(Instant.parse("2026-03-02T18:00:00Z"));
        assertThat(news.nextAt()).isEqualTo(Instant.parse("2026-03-02T19:00:00Z"));
    }

    @Test
    void ofManyNodesOneEnqueuesATime() throws Exception {
        recurring.put("news", HOURLY, UTC, "the news");
        List<RecurringMessages> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(RecurringMessages.of(simulated(connect())));
        }
        for (int hour = 1; hour <= 5; hour++) {
            clock.advance(HOUR);
            List<Callable<Integer>> calls = new ArrayList<>();
            nodes.forEach(node -> calls.add(() -> node.enqueueDue(DeliveryQueueRecurringContract::read)));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Integer> call : threads.invokeAll(calls)) {
                    call.get();
                }
            }
            assertThat(pending()).isEqualTo(hour);
        }
    }

    /** A node that fell behind, or a clock that was set back, meets the key. */
    @Test
    void timeThatComesAgainMeetsItsKey() {
        recurring.put("news", HOURLY, UTC, "the news");
        clock.advance(HOUR);
        enqueueDue();
        clock.advance(HOUR.negated());
        recurring.put("news", HOURLY, UTC, "the news");
        clock.advance(HOUR);
        assertThat(enqueueDue()).isEqualTo(1);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void oneThatCannotBeReadIsLeftOutWithItsReasonAndHoldsUpNoOther() {
        recurring.put("bad", HOURLY, UTC, "x");
        recurring.put("good", HOURLY, UTC, "y");
        clock.advance(HOUR);
        assertThat(recurring.enqueueDue(due -> {
                    if (due.name().equals("bad")) {
                        throw new IllegalArgumentException("its template is gone");
                    }
                    return read(due);
                }))
                .isEqualTo(2);
        assertThat(pending()).isEqualTo(1);
        RecurringMessage bad = recurring.find("bad").orElseThrow();
        assertThat(bad.problem()).contains("its template is gone");
        assertThat(bad.lastAt()).isEmpty();
        assertThat(bad.nextAt()).isEqualTo(Instant.parse("2026-03-01T14:00:00Z"));
        clock.advance(HOUR);
        enqueueDue();
        assertThat(recurring.find("bad").orElseThrow().problem()).isEmpty();
        assertThat(pending()).isEqualTo(3);
    }

    /** Templates and attachments are in the same database. On SQLite one connection writes, and it is not held meanwhile. */
    @Test
    void messageIsMadeWithTheDatabase() {
        recurring.put("news", HOURLY, UTC, "the news");
        clock.advance(HOUR);
        assertThat(recurring.enqueueDue(due -> {
                    enqueue(sms().body("beside " + due.message()));
                    return read(due);
                }))
                .isEqualTo(1);
        node(sms).runOnce();
        assertThat(sms.given()).extracting(Delivery::body).containsExactlyInAnyOrder("beside the news", "the news");
    }

    @Test
    void failureOfTheDatabaseIsNoFaultOfTheMessage() {
        recurring.put("news", HOURLY, UTC, "the news");
        clock.advance(HOUR);
        assertThatExceptionOfType(DeliveryQueueException.class)
                .isThrownBy(() -> recurring.enqueueDue(due -> {
                    queue().enqueueAll(brokenConnection(), List.of(read(due)));
                    return read(due);
                }));
        assertThat(recurring.find("news").orElseThrow().problem()).isEmpty();
        assertThat(enqueueDue()).isEqualTo(1);
        assertThat(pending()).isEqualTo(1);
    }

    private Connection brokenConnection() {
        return database().read(connection -> connection); // It is closed by now.
    }

    @Test
    void faultInMakingAMessageIsKeptAsItsProblem() {
        recurring.put("bad", HOURLY, UTC, "x");
        recurring.put("good", HOURLY, UTC, "y");
        clock.advance(HOUR);
        assertThat(recurring.enqueueDue(due -> {
                    if (due.name().equals("bad")) {
                        throw new UnsupportedOperationException("as the test wants it");
                    }
                    return read(due);
                }))
                .isEqualTo(2);
        assertThat(recurring.find("bad").orElseThrow().problem()).contains("as the test wants it");
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void oneThatIsReplacedWhileItIsMadeComesAsItIsNow() {
        recurring.put("news", HOURLY, UTC, "old");
        clock.advance(HOUR);
        assertThat(recurring.enqueueDue(due -> {
                    recurring.put("news", HOURLY, UTC, "new");
                    return read(due);
                }))
                .isZero();
        assertThat(pending()).isZero();
        clock.advance(HOUR);
        enqueueDue();
        RecurringMessage again = recurring.put("news", HOURLY, UTC, "newer");
        assertThat(again.lastAt()).contains(Instant.parse("2026-03-01T14:00:00Z"));
        node(sms).runOnce();
        assertThat(sms.given()).extracting(Delivery::body).containsExactly("new");
    }

    @Test
    void replacedAndRemovedOnesComeAsTheyAreNow() {
        recurring.put("b", HOURLY, UTC, "old");
        recurring.put("a", HOURLY, UTC, "other");
        recurring.put("b", CronSchedule.parse("30 * * * *"), ZoneId.of("Asia/Kathmandu"), "new");
        assertThat(recurring.list()).extracting(RecurringMessage::name).containsExactly("a", "b");
        assertThat(recurring.find("b").orElseThrow().nextAt()).isEqualTo(Instant.parse("2026-03-01T12:45:00Z"));
        assertThat(recurring.remove("a")).isTrue();
        assertThat(recurring.remove("a")).isFalse();
        clock.advance(HOUR);
        enqueueDue();
        node(sms).runOnce();
        assertThat(sms.given()).extracting(Delivery::body).containsExactly("new");
    }

    @Test
    void wrongNamesAreRefused() {
        for (String name : List.of("", "a b", "-a", "x".repeat(65), "a/b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> recurring.put(name, HOURLY, UTC, "x"))
                    .withMessageStartingWith("name");
        }
    }
}
