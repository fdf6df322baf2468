package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Journal.Fate;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedJournalTest {
    private static final UUID ID = UUID.randomUUID();
    private static final int SLOT = 128; // as long as the header
    private static final int THREADS = 8;
    private static final int EACH = 500;
    private static final int ROUNDS = 100_000;

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("attempts.journal");
    }

    private Journal open(int count) {
        return MappedJournal.open(file(), count);
    }

    private Fate afterwards(SendResult result) {
        try (Journal journal = open(4)) {
            journal.begin(ID, 3);
            journal.end(ID, 3, result);
        }
        try (Journal journal = open(4)) {
            Fate fate = journal.fate(ID, 3);
            journal.forgetPast();
            return fate;
        }
    }

    @Test
    void newOneHasNoPast() throws IOException {
        try (Journal journal = open(4)) {
            assertThat(journal.hasPast()).isFalse();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void remembersWhatWasBegunUnderItsOwnersName() {
        UUID owner;
        try (Journal journal = open(4)) {
            owner = journal.owner();
            journal.begin(ID, 3);
        }
        try (Journal journal = open(4)) {
            assertThat(journal.hasPast()).isTrue();
            assertThat(journal.owner()).isEqualTo(owner);
            assertThat(journal.fate(ID, 3)).isEqualTo(new Fate.Begun());
            assertThat(journal.fate(ID, 4)).isEqualTo(new Fate.NotBegun());
            assertThat(journal.fate(UUID.randomUUID(), 3)).isEqualTo(new Fate.NotBegun());
            journal.forgetPast();
            assertThat(journal.hasPast()).isFalse();
        }
    }

    @Test
    void remembersHowItEnded() {
        assertThat(afterwards(new SendResult.Accepted(Optional.of("p-1"))))
                .isEqualTo(new Fate.Ended(new SendResult.Accepted(Optional.of("p-1"))));
        assertThat(afterwards(new SendResult.Accepted(Optional.of("x".repeat(500)))))
                .isEqualTo(new Fate.Ended(new SendResult.Accepted(Optional.empty())));
        assertThat(afterwards(new SendResult.Rejected("no")))
                .isInstanceOfSatisfying(
                        Fate.Ended.class, ended -> assertThat(ended.result()).isInstanceOf(SendResult.Rejected.class));
        assertThat(afterwards(new SendResult.NotSent("no", Optional.of(Duration.ZERO))))
                .isInstanceOfSatisfying(
                        Fate.Ended.class, ended -> assertThat(ended.result()).isInstanceOf(SendResult.NotSent.class));
        assertThat(afterwards(new SendResult.Unknown("?")))
                .isInstanceOfSatisfying(
                        Fate.Ended.class, ended -> assertThat(ended.result()).isInstanceOf(SendResult.Unknown.class));
        assertThat(afterwards(new SendResult.NotSent("401", Optional.empty(), SendResult.Scope.ACCOUNT)))
                .isEqualTo(new Fate.NotBegun());
    }

    @Test
    void forgetsWhatIsOnRecord() {
        try (Journal journal = open(1)) {
            for (int i = 0; i < 100; i++) {
                UUID id = UUID.randomUUID();
                journal.begin(id, 1);
                journal.end(id, 1, new SendResult.Unknown("?"));
                journal.settle(id, 1);
            }
            assertThat(journal.isKept()).isTrue();
        }
        try (Journal journal = open(1)) {
            journal.forgetPast();
            journal.begin(ID, 1);
            assertThatThrownBy(() -> journal.begin(UUID.randomUUID(), 1)).hasMessageContaining("full");
        }
    }

    @Test
    void answerOfAnEarlierAttemptChangesNothing() {
        try (Journal journal = open(4)) {
            journal.begin(ID, 1);
            journal.settle(ID, 1);
            journal.begin(ID, 2);
            journal.end(ID, 1, new SendResult.Rejected("late"));
        }
        try (Journal journal = open(4)) {
            assertThat(journal.fate(ID, 2)).isEqualTo(new Fate.Begun());
        }
    }

    /** An answer of the database came late or got lost: by then this node had claimed and begun the message again. */
    @Test
    void settlingAnEarlierAttemptChangesNothing() {
        try (Journal journal = open(2)) {
            journal.begin(ID, 1);
            journal.end(ID, 1, new SendResult.Rejected("no"));
            journal.begin(ID, 2);
            journal.settle(ID, 1);
            journal.begin(UUID.randomUUID(), 1); // There is room for it: the first attempt's place is free again.
        }
        try (Journal journal = open(2)) {
            assertThat(journal.fate(ID, 1)).isEqualTo(new Fate.NotBegun());
            assertThat(journal.fate(ID, 2)).isEqualTo(new Fate.Begun());
        }
    }

    @Test
    void remembersEachAttemptOfAMessage() {
        try (Journal journal = open(2)) {
            journal.begin(ID, 1);
            journal.begin(ID, 2);
            journal.end(ID, 1, new SendResult.Accepted(Optional.of("p-1")));
        }
        try (Journal journal = open(2)) {
            assertThat(journal.fate(ID, 1)).isEqualTo(new Fate.Ended(new SendResult.Accepted(Optional.of("p-1"))));
            assertThat(journal.fate(ID, 2)).isEqualTo(new Fate.Begun());
            journal.forgetPast();
            journal.begin(UUID.randomUUID(), 1);
            journal.begin(UUID.randomUUID(), 1); // Both places are free again.
        }
    }

    /** A sender that was given up answers at the very moment when its attempt is settled, and another one gets its place. */
    @Test
    void lateAnswerNeverEndsAnAttemptOfAnotherMessage() throws Exception {
        List<UUID> late = Stream.generate(UUID::randomUUID).limit(ROUNDS).toList();
        List<UUID> next = Stream.generate(UUID::randomUUID).limit(ROUNDS).toList();
        AtomicInteger round = new AtomicInteger();
        try (Journal journal = open(ROUNDS);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            late.forEach(id -> journal.begin(id, 1)); // So the only free place is that of the attempt settled last.
            Future<?> answers = thread.submit(() -> {
                for (int i = 0; i < ROUNDS; i = round.get()) {
                    journal.end(late.get(i), 1, new SendResult.Accepted(Optional.empty()));
                }
            });
            for (int i = 0; i < ROUNDS; i++) {
                round.set(i);
                journal.settle(late.get(i), 1);
                journal.begin(next.get(i), 1);
            }
            round.set(ROUNDS);
            answers.get(60, TimeUnit.SECONDS);
        }
        try (Journal journal = open(ROUNDS)) {
            assertThat(next).allMatch(id -> journal.fate(id, 1).equals(new Fate.Begun()));
        }
    }

    @Test
    void anotherBootOfTheMachineMakesItWorthless() throws IOException {
        UUID owner;
        try (Journal journal = open(4)) {
            owner = journal.owner();
            journal.begin(ID, 1);
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
            bytes.seek(8);
            bytes.writeLong(42);
        }
        try (Journal journal = open(4)) {
            assertThat(journal.hasPast()).isFalse();
            assertThat(journal.owner()).isNotEqualTo(owner);
        }
    }

    @Test
    void growsAndShrinksWithoutForgetting() {
        try (Journal journal = open(2)) {
            journal.begin(ID, 1);
        }
        try (Journal journal = open(100)) {
            assertThat(journal.fate(ID, 1)).isEqualTo(new Fate.Begun());
        }
        try (Journal journal = open(1)) {
            assertThat(journal.fate(ID, 1)).isEqualTo(new Fate.Begun());
        }
    }

    @Test
    void remembersWhatManyThreadsBegan() throws Exception {
        List<UUID> begun = new CopyOnWriteArrayList<>();
        try (Journal journal = open(THREADS * EACH);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            CyclicBarrier together = new CyclicBarrier(THREADS);
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                ends.add(threads.submit(() -> {
                    together.await(60, TimeUnit.SECONDS);
                    for (int i = 0; i < EACH; i++) {
                        UUID id = UUID.randomUUID();
                        journal.begin(id, 1);
                        begun.add(id);
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        }
        try (Journal journal = open(1)) {
            assertThat(begun)
                    .hasSize(THREADS * EACH)
                    .allMatch(id -> journal.fate(id, 1).equals(new Fate.Begun()));
        }
    }

    /** A start reads no more than that, whatever the file has room for. */
    @Test
    void writesOnlyToSlotsThatAreNeeded() throws IOException {
        try (Journal journal = open(10_000)) {
            for (int i = 0; i < 100; i++) {
                UUID id = UUID.randomUUID();
                journal.begin(id, 1);
                journal.settle(id, 1);
            }
        }
        byte[] file = Files.readAllBytes(file());
        assertThat(file).hasSizeGreaterThan(10_000 * SLOT);
        assertThat(Arrays.copyOfRange(file, 2 * SLOT, file.length)).containsOnly(0);
    }

    @Test
    void belongsToOneDispatcherAtATime() {
        try (Journal journal = open(1)) {
            assertThatThrownBy(() -> open(1))
                    .isInstanceOf(DeliveryQueueException.class)
                    .hasMessageContaining("in use by another dispatcher");
            assertThat(journal.isKept()).isTrue();
        }
    }
}
