package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Dispatcher.Level;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.EnqueueInDoubtException;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QueueUnavailableException;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that goes away in the middle, and comes back. */
class PostgresQueueFaultTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final DispatchOptions OPTIONS = DispatchOptions.DEFAULT
            .withLease(Duration.ofSeconds(20))
            .withPoll(Duration.ofMillis(200))
            .withBatch(64);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS).withKeyLifetime(Duration.ZERO);
    private FaultProxy proxy;
    private Database direct;
    private Database through;
    private DeliveryQueue watched;
    private DeliveryQueue queue;

    @BeforeEach
    void open() {
        RealPostgres server = RealPostgres.shared();
        String url = server.freshDatabase();
        proxy = FaultProxy.before(server.port());
        direct = Database.open(DatabaseConfig.of(url));
        through = Database.open(
                DatabaseConfig.of(RealPostgres.through(proxy.port(), url)).withConnectTimeout(Duration.ofSeconds(1)));
        watched = DeliveryQueue.on(direct);
        queue = DeliveryQueue.on(through);
    }

    @AfterEach
    void closeAndAudit() {
        through.close();
        proxy.close();
        new QueueAudit(direct).check();
        direct.close();
    }

    private Dispatcher started() {
        Dispatcher dispatcher =
                Dispatcher.builder(queue).sender(sms).options(OPTIONS).build();
        dispatcher.start();
        return dispatcher;
    }

    private List<UUID> enqueueMany(int count) {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reaches.add(Reach.to(Channel.SMS, "+61400000000").body("hello").build());
        }
        return watched.enqueueAll(reaches).stream()
                .map(DeliveryQueue.Receipt::id)
                .toList();
    }

    private void awaitSent(long count) {
        await().atMost(SOON).until(() -> watched.counts().byState().getOrDefault(MessageState.SENT, 0L) == count);
    }

    private void assertEachSentOnce(List<UUID> ids) {
        assertThat(sms.given().stream().map(Delivery::id)).containsExactlyInAnyOrderElementsOf(ids);
        for (UUID id : ids) {
            assertThat(watched.find(id).orElseThrow().attempts())
                    .filteredOn(attempt -> attempt.state() == MessageState.SENT)
                    .hasSize(1);
        }
    }

    @Test
    void callersWhoKeepThePoolBusyHoldUpNoDispatcherWithConnectionsOfItsOwn() throws Exception {
        List<Connection> busy = new ArrayList<>();
        try (Dispatcher dispatcher = Dispatcher.builder(queue)
                .sender(sms)
                .options(OPTIONS)
                .ownConnections()
                .build()) {
            dispatcher.start();
            takeAll(busy);
            List<UUID> ids = enqueueMany(100);
            awaitSent(ids.size());
            assertEachSentOnce(ids);
        } finally {
            giveBack(busy);
        }
    }

    private void takeAll(List<Connection> connections) throws SQLException {
        for (int i = 0; i < through.config().pool().size(); i++) {
            connections.add(through.dataSource().getConnection());
        }
    }

    private static void giveBack(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }

    @Test
    void outcomesOutlastAnOutage() {
        CountDownLatch cut = new CountDownLatch(1);
        sms.answering(delivery -> {
            cut.await();
            return accepted();
        });
        try (Dispatcher dispatcher = started()) {
            List<UUID> ids = enqueueMany(16);
            await().atMost(SOON).until(() -> sms.given().size() == 16);
            proxy.cut();
            cut.countDown();
            await().atMost(SOON).until(() -> dispatcher.health().level() == Level.DOWN);
            assertThatExceptionOfType(QueueUnavailableException.class).isThrownBy(() -> queue.counts());
            assertThat(watched.counts().byState()).containsEntry(MessageState.CLAIMED, 16L);
            proxy.heal();
            awaitSent(16);
            assertEachSentOnce(ids);
            await().atMost(SOON).until(() -> dispatcher.health().level() == Level.UP);
        }
    }

    @Test
    void repeatedCutsUnderLoadLoseAndDoubleNothing() {
        try (Dispatcher dispatcher = started()) {
            List<UUID> ids = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                ids.addAll(enqueueMany(150));
                // Lets a different number of answers through each time, so the cut falls into claims and completions
                // alike.
                proxy.cutAfterAnswering(500 + 5_300L * round);
                await().atMost(SOON).until(() -> isCut());
                proxy.heal();
            }
            assertThat(dispatcher.state()).isEqualTo(Dispatcher.DispatchState.RUNNING);
            awaitSent(ids.size());
            assertEachSentOnce(ids);
        }
    }

    private boolean isCut() {
        return through.health().isPresent() || watched.counts().byState().getOrDefault(MessageState.PENDING, 0L) == 0;
    }

    @Test
    void commitWhoseAnswerWasLostIsNotRepeated() {
        AtomicInteger refused = new AtomicInteger();
        try (Dispatcher dispatcher = Dispatcher.builder(queue)
                .sender(sms)
                .options(OPTIONS)
                .listener(new DispatcherListener() {
                    @Override
                    public void stale(Channel channel, int count) {
                        refused.addAndGet(count);
                    }
                })
                .build()) {
            dispatcher.start();
            List<UUID> ids = new ArrayList<>();
            boolean committed = false;
            // The pool may spend the unanswered connection on a check of its own; then the next round has to do.
            for (int round = 0; round < 10 && !committed; round++) {
                CountDownLatch armed = new CountDownLatch(1);
                sms.answering(delivery -> {
                    armed.await();
                    return accepted();
                });
                long before = ids.size();
                ids.addAll(enqueueMany(4));
                await().atMost(SOON).until(() -> sms.given().size() == ids.size());
                proxy.swallowAnswers();
                armed.countDown();
                // The first write may take only some of the four outcomes; the others then wait behind it.
                committed = areMoreSentSoon(before);
                proxy.cut();
                await().atMost(SOON).until(() -> dispatcher.health().level() == Level.DOWN);
                proxy.heal();
                awaitSent(ids.size());
            }
            assertThat(committed).as("a commit whose answer was lost").isTrue();
            assertEachSentOnce(ids);
            assertThat(refused).as("its own outcomes, taken for another's").hasValue(0);
        }
    }

    private boolean areMoreSentSoon(long count) {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < end) {
            if (watched.counts().byState().getOrDefault(MessageState.SENT, 0L) > count) {
                return true;
            }
        }
        return false;
    }

    private static Reach.Builder hello() {
        return Reach.to(Channel.SMS, "+61400000000").body("hello");
    }

    /** Has the server commit what the call offers, without that the caller hears of it. */
    private Future<Receipt> enqueueUnanswered(ExecutorService threads, Reach reach) throws SQLException {
        // The pool asks a connection that has rested for a while whether it is alive, which would not be answered.
        List<Connection> all = new ArrayList<>();
        takeAll(all);
        giveBack(all);
        proxy.swallowAnswers();
        Future<Receipt> call = threads.submit(() -> queue.enqueue(reach));
        await().atMost(SOON).until(() -> watched.find(reach.id()).isPresent());
        return call;
    }

    @Test
    void commitThatIsCutIsSettledOnceTheDatabaseIsBack() throws Exception {
        Reach reach = hello().build();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Receipt> call = enqueueUnanswered(threads, reach);
            proxy.cutOnce();
            assertThat(call.get()).isEqualTo(new Receipt(reach.id(), false));
        }
        assertThat(watched.counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void commitThatIsCutIsInDoubtWhileTheDatabaseIsAway() throws Exception {
        Reach reach = hello().build();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Receipt> call = enqueueUnanswered(threads, reach);
            proxy.cut();
            assertThatThrownBy(call::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            EnqueueInDoubtException.class,
                            doubt -> assertThat(doubt.ids()).containsExactly(reach.id()))
                    .hasMessageContaining("may or may not be in the queue");
        }
        assertThatThrownBy(() -> queue.enqueue(hello().build()))
                .as("one that was never offered")
                .isInstanceOf(QueueUnavailableException.class)
                .isNotInstanceOf(EnqueueInDoubtException.class);
        proxy.heal();
        await().atMost(SOON).until(() -> through.health().isEmpty());
        assertThat(queue.enqueue(reach)).isEqualTo(new Receipt(reach.id(), true));
        assertThat(watched.counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void outcomesAreKeptWhileTheirTableIsLocked() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        try (Database patient = Database.open(DatabaseConfig.of(url))) {
            DeliveryQueue there = DeliveryQueue.on(patient);
            limitLaterStatements(patient);
            try (Database hasty = Database.open(DatabaseConfig.of(url));
                    Connection locking = patient.dataSource().getConnection()) {
                finishBehindALock(there, DeliveryQueue.on(hasty), locking);
            }
            new QueueAudit(patient).check();
        }
        assertThat(sms.given()).hasSize(10);
    }

    private void finishBehindALock(DeliveryQueue there, DeliveryQueue hasty, Connection locking) throws SQLException {
        CountDownLatch locked = new CountDownLatch(1);
        sms.answering(delivery -> {
            locked.await();
            return accepted();
        });
        try (Dispatcher dispatcher =
                Dispatcher.builder(hasty).sender(sms).options(OPTIONS).build()) {
            dispatcher.start();
            for (int i = 0; i < 10; i++) {
                there.enqueue(hello().build());
            }
            await().atMost(SOON).until(() -> sms.given().size() == 10);
            locking.setAutoCommit(false);
            execute(locking, "lock table delivery_outcome in exclusive mode");
            locked.countDown();
            await().atMost(SOON).until(() -> dispatcher.health().level() == Level.DOWN);
            locking.rollback();
            await().atMost(SOON).until(() -> there.counts().byState().getOrDefault(MessageState.SENT, 0L) == 10);
        }
    }

    /** Those of connections that are made from now on. */
    private static void limitLaterStatements(Database database) {
        database.autoCommit(
                connection -> execute(
                        connection,
                        "do $$ begin execute format('alter database %I set statement_timeout = 3000', current_database()); end $$"));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @Test
    void silentListeningConnectionIsNoticedAndReplaced() {
        try (Dispatcher dispatcher = started()) {
            await().atMost(SOON).until(() -> dispatcher.health().level() == Level.UP);
            proxy.swallowAnswers();
            await().atMost(SOON).until(() -> dispatcher.health().level() != Level.UP);
            proxy.cutOnce();
            await().atMost(SOON).until(() -> dispatcher.health().level() == Level.UP);
            assertThat(dispatcher.state()).isEqualTo(Dispatcher.DispatchState.RUNNING);
        }
    }

    @Test
    void terminatedBackendsAreReplaced() {
        try (Dispatcher dispatcher = started()) {
            List<UUID> ids = new ArrayList<>(enqueueMany(500));
            RealPostgres.shared().terminateBackends();
            await().atMost(SOON).until(() -> watchedAnswers());
            ids.addAll(enqueueMany(500));
            awaitSent(1_000);
            assertEachSentOnce(ids);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(dispatcher.health().problem()).isEmpty());
        }
    }

    private boolean watchedAnswers() {
        return direct.health().isEmpty() && through.health().isEmpty();
    }

    @Test
    void restartedServerIsPickedUpAgain() {
        try (RealPostgres own = RealPostgres.start();
                Database database = Database.open(
                        DatabaseConfig.of(own.freshDatabase()).withConnectTimeout(Duration.ofSeconds(1)))) {
            DeliveryQueue there = DeliveryQueue.on(database);
            try (Dispatcher dispatcher =
                    Dispatcher.builder(there).sender(sms).options(OPTIONS).build()) {
                dispatcher.start();
                UUID before = there.enqueue(
                                Reach.to("sms:+61400000000").body("x").build())
                        .id();
                await().atMost(SOON)
                        .until(() -> there.find(before).orElseThrow().state() == MessageState.SENT);
                own.stop();
                await().atMost(SOON).until(() -> dispatcher.health().level() == Level.DOWN);
                own.startAgain();
                await().atMost(SOON).until(() -> dispatcher.health().level() == Level.UP);
                UUID after = there.enqueue(
                                Reach.to("sms:+61400000000").body("x").build())
                        .id();
                await().atMost(SOON).until(() -> there.find(after).orElseThrow().state() == MessageState.SENT);
            }
            new QueueAudit(database).check();
        }
    }
}
