package dev.signalbox.delivery.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What digests are on any database. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class DigestsTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final AtomicInteger RECIPIENTS = new AtomicInteger();

    private final MovableClock clock = new MovableClock(START);
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicBoolean failing = new AtomicBoolean();

    /** A new one for each test, since a test may share its database with others. */
    private final String address = "r" + RECIPIENTS.incrementAndGet() + "@example.org";

    private final Step recipient = Step.parse("email:" + address);
    private final StoreDatabase where;
    private Database database;
    private DeliveryQueue queue;
    private Digests digests;

    DigestsTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        queue = DeliveryQueue.on(database, clock);
        digests = digests(DigestOptions.usual());
    }

    private Digests digests(DigestOptions options) {
        return Digests.on(database, queue, options, this::composed, clock);
    }

    private DigestComposer.Composed composed(Digest digest) {
        if (failing.get()) {
            throw new DigestException("there is no template");
        }
        return DigestComposer.plain().compose(digest);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatComesWithinAWindowBecomesOneMessage() {
        UUID window = gather("one");
        clock.advance(Duration.ofMinutes(9));
        assertThat(gather("two")).isEqualTo(window);
        assertThat(status(window).nextAttemptAt()).contains(START.plus(Duration.ofMinutes(10)));
        assertThat(sent()).isEmpty();
        UUID digest = digests.close(window).orElseThrow();
        assertThat(sent()).containsExactly("one\n\ntwo");
        assertThat(status(digest).reach().headers()).containsEntry("digest-count", "2");
        assertThat(status(digest).reach().steps()).containsExactly(recipient);
        assertThat(digests.close(window)).as("once more").isEmpty();
        assertThat(sent()).hasSize(1);
    }

    @Test
    void headersAsLongAsTheyMayBeTellTopicsApart() {
        String longest =
                "\uD83D\uDE00".repeat(1_024); // In an index it would be too long for every database but SQLite.
        UUID window = gather("one", Map.of("digest-key", longest));
        assertThat(gather("two", Map.of("digest-key", longest))).isEqualTo(window);
        assertThat(gather("three", Map.of("digest-key", longest.substring(2)))).isNotEqualTo(window);
    }

    @Test
    void afterItIsClosedTheNextMessageOpensAnother() {
        UUID window = gather("one");
        digests.close(window);
        clock.advance(Duration.ofSeconds(1));
        UUID next = gather("two");
        assertThat(next).isNotEqualTo(window);
        assertThat(status(next).nextAttemptAt()).contains(START.plus(Duration.ofSeconds(601)));
        digests.close(next);
        assertThat(sent()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void onlyWhatIsAlikeBecomesOne() {
        UUID window = gather("one", Map.of("Category", "news", "digest-key", "post-7"));
        assertThat(gather("two", Map.of("category", "news", "Digest-Key", "post-7")))
                .isEqualTo(window);
        for (Map<String, String> other : List.of(
                Map.of("category", "news", "digest-key", "post-8"),
                Map.of("category", "offers", "digest-key", "post-7"),
                Map.of("category", "news", "digest-key", "post-7", "recipient", "alice"),
                Map.of("category", "news", "digest-key", "post-7", "content-type", "text/html"),
                Map.of("category", "news", "digest-key", "post-7", "digest-template", "t"))) {
            assertThat(gather("other", other)).as(other.toString()).isNotEqualTo(window);
        }
        assertThat(digests.gather(
                        Step.parse("sms:+61491570006"),
                        item("other", Map.of("category", "news", "digest-key", "post-7"))))
                .isNotEqualTo(window);
    }

    @Test
    void aMessageThatIsGatheredAgainIsThereOnce() {
        DigestItem item = item("one", Map.of());
        UUID window = digests.gather(recipient, item);
        assertThat(digests.gather(recipient, item)).isEqualTo(window);
        digests.close(window);
        assertThat(digests.gather(recipient, item)).as("also after it was sent").isEqualTo(window);
        assertThat(sent()).containsExactly("one");
        assertThat(digests.gather(recipient, item("two", Map.of()))).isNotEqualTo(window);
    }

    @Test
    void theFirstMessageSaysHowLong() {
        UUID window = gather("one", Map.of("digest-window", "2h"));
        assertThat(gather("two", Map.of("digest-window", "1s"))).isEqualTo(window);
        assertThat(status(window).nextAttemptAt()).contains(START.plus(Duration.ofHours(2)));
    }

    @Test
    void aFullWindowIsSentAtOnce() {
        Digests few = digests(DigestOptions.usual().withItems(3));
        for (String body : List.of("one", "two", "three", "four")) {
            few.gather(recipient, item(body, Map.of()));
        }
        assertThat(sent()).containsExactly("one\n\ntwo\n\nthree");
    }

    /** The message and its digest are one transaction: it is tried again, and is in the digest once. */
    @Test
    void aMessageThatFillsAWindowThatCannotBeSentIsNotGathered() {
        Digests two = digests(DigestOptions.usual().withItems(2));
        UUID window = two.gather(recipient, item("one", Map.of()));
        DigestItem second = item("two", Map.of());
        failing.set(true);
        assertThatThrownBy(() -> two.gather(recipient, second)).isInstanceOf(DigestException.class);
        assertThat(items(window)).isOne();
        assertThat(sent()).isEmpty();
        failing.set(false);
        two.gather(recipient, second);
        assertThat(sent()).containsExactly("one\n\ntwo");
    }

    @Test
    void aMessageThatDoesNotFitOpensTheNextWindow() {
        UUID window = gather("x".repeat(40_000));
        UUID next = gather("y".repeat(60_000));
        assertThat(next).isNotEqualTo(window);
        assertThat(sent()).containsExactly("x".repeat(40_000));
        digests.close(next);
        assertThat(sent()).hasSize(2);
    }

    @Test
    void whatCannotBeComposedStaysGathered() {
        UUID window = gather("one");
        failing.set(true);
        assertThatThrownBy(() -> digests.close(window)).isInstanceOf(DigestException.class);
        failing.set(false);
        assertThat(gather("two")).isEqualTo(window);
        digests.close(window);
        assertThat(sent()).containsExactly("one\n\ntwo");
    }

    @Test
    void aWindowWhoseMessageWasCancelledOrDeletedIsClosedWithTheNext() {
        UUID window = gather("one");
        queue.cancel(window);
        clock.advance(Duration.ofMinutes(12));
        assertThat(gather("two")).isEqualTo(window);
        assertThat(status(window).state()).isEqualTo(MessageState.PENDING);
        queue.cancel(window);
        queue.change(window, Action.DELETE, Remark.NONE);
        assertThat(queue.find(window)).isEmpty();
        gather("three");
        assertThat(status(window).state()).isEqualTo(MessageState.PENDING);
        digests.close(window);
        assertThat(sent()).containsExactly("one\n\ntwo\n\nthree");
    }

    @Test
    void whatIsTooOldToBeRepeatedIsRemovedUnlessItsWindowIsOpen() {
        UUID closed = gather("closed");
        digests.close(closed);
        UUID open = gather("open");
        clock.advance(Digests.REPEATS);
        digests.removeExpired();
        assertThat(items(closed)).as("to the day").isOne();
        clock.advance(Duration.ofSeconds(1));
        digests.removeExpired();
        assertThat(items(closed)).isZero();
        assertThat(items(open)).isOne();
    }

    /** Each message is in exactly one digest, although windows are closed all the time. */
    @Test
    void manyGatherWhileOthersClose() throws Exception {
        int senders = 6;
        int each = 20;
        Digests few = digests(DigestOptions.usual().withItems(7));
        var running = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> closing = threads.submit(() -> {
                while (running.get()) {
                    waiting().forEach(window -> few.close(window.reach().id()));
                }
            });
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                String name = "s" + i + "-";
                all.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        few.gather(recipient, item(name + n, Map.of()));
                    }
                }));
            }
            try {
                for (Future<?> one : all) {
                    one.get();
                }
            } finally {
                running.set(false); // Else a sender that failed would leave the test hanging.
            }
            closing.get();
        }
        waiting().forEach(window -> few.close(window.reach().id()));
        List<String> arrived = sent().stream()
                .flatMap(body -> Arrays.stream(body.split("\n\n")))
                .toList();
        assertThat(arrived).doesNotHaveDuplicates().hasSize(senders * each);
    }

    private UUID gather(String body) {
        return gather(body, Map.of());
    }

    private UUID gather(String body, Map<String, String> headers) {
        return digests.gather(recipient, item(body, headers));
    }

    private DigestItem item(String body, Map<String, String> headers) {
        return new DigestItem(address + ids.incrementAndGet(), body, headers, Instant.EPOCH);
    }

    private Status status(UUID id) {
        return queue.find(id).orElseThrow();
    }

    /** The bodies of the digests so far. */
    private List<String> sent() {
        return list(address).stream().map(status -> status.reach().body()).toList();
    }

    private List<Status> waiting() {
        return list(DigestSender.WINDOW + recipient);
    }

    private List<Status> list(String to) {
        return queue.list(MessageFilter.ALL.withAddress(Optional.of(to)).withLimit(MessageFilter.MOST_LISTED))
                .items();
    }

    private int items(UUID window) {
        return database.<Integer>read(
                connection -> DigestRows.items(connection, window).size());
    }
}
