package dev.signalbox.spring;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * What a test sees of the messages that its application enqueues. It is a queue like any other, with its retries, expiries and
 * dedupe keys, in a file that is deleted at the end; only its clock stands still until {@link #advance}, and it sends nothing until
 * {@link #drain}. Thread-safe, but for {@link #drain}.
 */
public final class TestDeliveries implements AutoCloseable {
    private static final int BATCHES = 100;

    private final Path folder;
    private final Database database;
    private final TestClock clock;
    private final TestQueue queue;
    private final Supplier<List<Sender>> senders;

    private TestDeliveries(Path folder, Supplier<List<Sender>> senders) {
        this.folder = folder;
        this.senders = senders;
        this.clock = new TestClock(Instant.now());
        this.database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("queue.db")));
        this.queue = new TestQueue(DeliveryQueue.on(database, clock), clock);
    }

    /** @param senders those of the application; for channels without one, every message is accepted */
    static TestDeliveries open(Supplier<List<Sender>> senders) {
        try {
            return new TestDeliveries(Files.createTempDirectory("signalbox-test"), senders);
        } catch (IOException e) {
            throw new UncheckedIOException("the queue of the test has no place for its file", e);
        }
    }

    /** The queue that the application uses. */
    public DeliveryQueue queue() {
        return queue;
    }

    TestQueue testQueue() {
        return queue;
    }

    /** What was enqueued since the start or the last {@link #forget}, in order: committed, and no duplicate of what was there. */
    public List<Reach> enqueued() {
        return queue.enqueued();
    }

    /** Lets {@link #enqueued} begin anew, for a test that shares its application with others; the queue stays as it is. */
    public void forget() {
        queue.forget();
    }

    /**
     * Sends what is due by the application's {@code Sender} beans, and accepts what is for other channels, until nothing is due any
     * more, and every batch that has ended by then is told of. What failed waits for its next attempt: {@link #advance} the clock and drain again.
     *
     * @return the attempts in the order in which they began: that of a channel, where its sender takes one at a time
     */
    public List<Delivery> drain() {
        // Each attempt has a thread of its own.
        List<Delivery> attempts = Collections.synchronizedList(new ArrayList<>());
        List<Sender> all = recording(attempts);
        if (all.isEmpty()) {
            return List.of();
        }
        try (Dispatcher dispatcher =
                Dispatcher.builder(queue.plain()).senders(all).build()) {
            Dispatcher.Pass pass;
            do {
                pass = dispatcher.runOnce();
            } while (!pass.isIdle() || queue.batches().tell(BATCHES) > 0);
        }
        return List.copyOf(attempts);
    }

    /** A sender for each channel that the application has one for, or that a message names. */
    private List<Sender> recording(List<Delivery> attempts) {
        Map<Channel, Sender> own =
                senders.get().stream().collect(Collectors.toMap(Sender::channel, Function.identity()));
        return Stream.concat(own.keySet().stream(), queue.steps().map(Step::channel))
                .distinct()
                .<Sender>map(channel ->
                        new RecordedSender(own.getOrDefault(channel, new AcceptingSender(channel)), attempts::add))
                .toList();
    }

    /** Moves the clock of the queue on. */
    public void advance(Duration by) {
        clock.advance(by);
    }

    @Override
    public void close() {
        database.close();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the file of the test's queue cannot be deleted", e);
        }
    }
}
