package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** A whole application on a real database: what it enqueues is committed with its own rows, or not at all. */
class TransactionalQueueTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    enum Kind {
        POSTGRESQL,
        SQLITE
    }

    private String url(Kind kind) {
        return switch (kind) {
            case POSTGRESQL -> RealPostgres.shared().freshDatabase();
            // A transaction that reads first could not write later, were it not for this.
            case SQLITE -> "jdbc:sqlite:" + folder.resolve("shop.db") + "?transaction_mode=IMMEDIATE";
        };
    }

    private static MessageState state(DeliveryQueue queue, UUID id) {
        return queue.find(id).orElseThrow().state();
    }

    @ParameterizedTest
    @EnumSource
    void aMessageIsCommittedWithTheRowsOfItsTransaction(Kind kind) {
        try (ConfigurableApplicationContext application = ShopApplication.start(url(kind))) {
            Shop shop = application.getBean(Shop.class);
            DeliveryQueue queue = application.getBean(DeliveryQueue.class);
            UUID failed = Shop.message("x").id();

            assertThatThrownBy(() -> shop.orderAndFail(failed, "tea")).hasMessage("out of stock");
            UUID id = shop.order("bread");
            UUID beside = shop.remark("by the way");

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> state(queue, id) == MessageState.SENT && state(queue, beside) == MessageState.SENT);
            assertThat(queue.find(failed)).isEmpty();
            assertThat(shop.orders()).isEqualTo(1);
            assertThat(application.getBean(RecordingSender.class).bodies)
                    .containsExactlyInAnyOrder("bread", "by the way");
        }
    }

    @Test
    void nothingIsSentBeforeTheCommit() {
        try (ConfigurableApplicationContext application = ShopApplication.start(url(Kind.POSTGRESQL))) {
            DeliveryQueue queue = application.getBean(DeliveryQueue.class);
            RecordingSender sender = application.getBean(RecordingSender.class);

            UUID held = Objects.requireNonNull(application
                    .getBean(TransactionTemplate.class)
                    .execute(status -> {
                        UUID id = queue.enqueue(Shop.message("held")).id();
                        UUID other = inAnotherThread(queue);
                        Awaitility.await().atMost(PATIENCE).until(() -> state(queue, other) == MessageState.SENT);
                        assertThat(queue.find(id)).isEmpty();
                        assertThat(sender.bodies).containsExactly("other");
                        return id;
                    }));

            Awaitility.await().atMost(PATIENCE).until(() -> state(queue, held) == MessageState.SENT);
        }
    }

    private static UUID inAnotherThread(DeliveryQueue queue) {
        Reach reach = Shop.message("other");
        return CompletableFuture.supplyAsync(() -> queue.enqueue(reach)).join().id();
    }

    @Test
    void aTransactionOfSomethingElseIsRefused() {
        try (ConfigurableApplicationContext application = ShopApplication.start(url(Kind.SQLITE))) {
            DeliveryQueue queue = application.getBean(DeliveryQueue.class);
            JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
            var foreign = new TransactionTemplate(new NoResource());

            assertThatThrownBy(() -> foreign.execute(status -> queue.enqueue(Shop.message("lost"))))
                    .isInstanceOf(IllegalTransactionStateException.class)
                    .hasMessageContaining("none of the DataSource of the queue");
            // JdbcTemplate leaves a connection bound to the thread, which commits each statement by itself.
            assertThatThrownBy(() -> foreign.execute(status -> {
                        jdbc.update("insert into orders values ('tea')");
                        return queue.enqueue(Shop.message("lost"));
                    }))
                    .isInstanceOf(IllegalTransactionStateException.class);
            assertThat(queue.list(MessageFilter.ALL).items()).isEmpty();
        }
    }

    @Test
    void whatIsBeingSentEndsBeforeTheRestOfTheApplicationStops() throws InterruptedException {
        String url = url(Kind.POSTGRESQL);
        ConfigurableApplicationContext application = ShopApplication.start(url);
        RecordingSender sender = application.getBean(RecordingSender.class);
        ShopApplication.StoppedLast last = application.getBean(ShopApplication.StoppedLast.class);
        sender.gate = new CountDownLatch(1);
        UUID id = application.getBean(Shop.class).order("slow");
        sender.entered.await();

        CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(sender.gate::countDown);
        application.close();

        assertThat(last.sentAtItsStop()).containsExactly("slow");
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(state(DeliveryQueue.on(database), id)).isEqualTo(MessageState.SENT);
        }
    }

    @Test
    void aQueueInAnotherDatabaseJoinsNoTransaction() {
        String own = "signalbox.database.url=jdbc:sqlite:" + folder.resolve("queue.db");
        try (ConfigurableApplicationContext application =
                ShopApplication.start(url(Kind.SQLITE), own, "signalbox.database.separate=true")) {
            UUID id = Shop.message("x").id();

            assertThatThrownBy(() -> application.getBean(Shop.class).orderAndFail(id, "tea"))
                    .hasMessage("out of stock");

            assertThat(application.getBean(DeliveryQueue.class).find(id)).isPresent();
            assertThat(application.getBean(Shop.class).orders()).isZero();
        }
    }

    /** A transaction manager of a resource other than a database. */
    private static final class NoResource extends AbstractPlatformTransactionManager {
        private static final long serialVersionUID = 1L;

        @Override
        protected Object doGetTransaction() {
            return "transaction";
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {}

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }
}
