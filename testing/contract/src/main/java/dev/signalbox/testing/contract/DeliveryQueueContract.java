package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every database of the delivery queue has to do alike. The parts of the contract extend this class; a backend's tests
 * extend the parts and say where their database is. After each test the tables are audited.
 */
public abstract class DeliveryQueueContract {
    /** Waits of 10 s, 20 s, 40 s and so on, without jitter, so that tests can tell when. */
    protected static final Retry RETRY =
            new Retry(Duration.ofSeconds(10), 2, Duration.ofMinutes(10), 0, Duration.ofHours(1));

    protected static final DispatchOptions OPTIONS =
            DispatchOptions.DEFAULT.withRetry(RETRY).withLease(Duration.ofSeconds(30));

    protected static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    protected final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
    private DatabaseConfig config;
    private Database database;
    private DeliveryQueue queue;

    /** Where a new, empty database is. */
    protected abstract DatabaseConfig newDatabase() throws Exception;

    @BeforeEach
    void openQueue() throws Exception {
        config = newDatabase();
        database = connect();
        queue = simulated(database);
    }

    @AfterEach
    void closeAndAudit() throws Exception {
        List<AutoCloseable> reversed = new ArrayList<>(open).reversed();
        for (AutoCloseable closeable : reversed) {
            if (closeable != database) {
                closeable.close();
            }
        }
        try (Database last = database) {
            new QueueAudit(last).check();
        }
    }

    protected final DatabaseConfig config() {
        return config;
    }

    protected final Database database() {
        return database;
    }

    /** The queue on the movable clock. */
    protected final DeliveryQueue queue() {
        return queue;
    }

    /** Checks what must always hold; it is done after each test anyway. */
    protected final void audit() {
        new QueueAudit(database).check();
    }

    /** Another pool on the same database, as another node would have. */
    protected final Database connect() {
        return closing(Database.open(config));
    }

    protected final DeliveryQueue simulated(Database on) {
        return DeliveryQueue.on(on, clock);
    }

    /** A dispatcher on the movable clock, to be driven by {@link Dispatcher#runOnce}. */
    protected final Dispatcher node(Sender... senders) {
        return node(OPTIONS, senders);
    }

    protected final Dispatcher node(DispatchOptions options, Sender... senders) {
        return closing(Dispatcher.builder(queue)
                .senders(List.of(senders))
                .options(options)
                .random(RandomGenerator.of("L64X128MixRandom"))
                .build());
    }

    protected final <T extends AutoCloseable> T closing(T closeable) {
        open.add(closeable);
        return closeable;
    }

    protected final UUID enqueue(Reach.Builder reach) {
        return queue.enqueue(reach.build()).id();
    }

    protected final UUID enqueueSms() {
        return enqueue(sms());
    }

    protected static Reach.Builder sms() {
        return Reach.to(Channel.SMS, "+61400000000").body("hello");
    }

    protected final Status find(UUID id) {
        return queue.find(id).orElseThrow();
    }

    protected final void assertState(UUID id, MessageState state) {
        assertThat(find(id).state()).as("state of %s", find(id)).isEqualTo(state);
    }

    protected static MessageFilter filter(Optional<MessageState> state, int limit) {
        return MessageFilter.ALL.withState(state).withLimit(limit);
    }
}
