package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.delivery.queue.BatchConflictException;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A whole application whose batches are committed with its own rows, or not at all, and which tells of their end. */
class TransactionalBatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<Step> OWNER = List.of(Step.parse("sms:+61491570110"));

    @TempDir
    Path folder;

    private final UUID id = UUID.randomUUID();

    private static List<Reach> messages() {
        return List.of(Shop.message("one"), Shop.message("two"));
    }

    @Test
    void aBatchIsCommittedWithTheRowsOfItsTransactionAndToldOfOnPostgresql() {
        committedAndTold(RealPostgres.shared().freshDatabase());
    }

    @Test
    void aBatchIsCommittedWithTheRowsOfItsTransactionAndToldOfOnSqlite() {
        committedAndTold("jdbc:sqlite:" + folder.resolve("shop.db") + "?transaction_mode=IMMEDIATE");
    }

    private void committedAndTold(String url) {
        try (ConfigurableApplicationContext application = ShopApplication.start(url)) {
            MessageBatches batches = application.getBean(MessageBatches.class);
            TransactionTemplate transactions = application.getBean(TransactionTemplate.class);
            JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);

            transactions.executeWithoutResult(status -> {
                jdbc.update("insert into orders values ('tea')");
                batches.create(id, messages(), OWNER);
                status.setRollbackOnly();
            });
            assertThat(batches.find(id)).isEmpty();
            assertThat(application
                            .getBean(DeliveryQueue.class)
                            .list(MessageFilter.ALL)
                            .items())
                    .isEmpty();

            transactions.executeWithoutResult(status -> {
                jdbc.update("insert into orders values ('bread')");
                batches.create(id, messages(), OWNER);
            });
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() ->
                            application.getBean(RecordingSender.class).bodies.size() == 3);

            assertThat(application.getBean(Shop.class).orders()).isEqualTo(1);
            assertThat(application.getBean(RecordingSender.class).bodies.getLast())
                    .contains("\"batch\": \"" + id, "\"SENT\": 2");
            MessageBatch batch = batches.find(id).orElseThrow();
            assertThat(batch.ended()).isEqualTo(Map.of(MessageState.SENT, 2));
            assertThat(batches.create(id, messages(), OWNER).duplicate()).isTrue();
            assertThatExceptionOfType(BatchConflictException.class)
                    .isThrownBy(() -> batches.create(id, List.of(Shop.message("three")), OWNER));
        }
    }

    /** Another application on the same database tells, or this one after its next start. */
    @Test
    void whatEndedBeforeAStopIsToldOfAfterTheNextStart() {
        String url = RealPostgres.shared().freshDatabase();
        try (ConfigurableApplicationContext application =
                ShopApplication.start(url, "signalbox.delivery.dispatch=false")) {
            application.getBean(MessageBatches.class).create(id, messages(), OWNER);
            DeliveryQueue queue = application.getBean(DeliveryQueue.class);
            queue.list(MessageFilter.ALL)
                    .items()
                    .forEach(each -> queue.change(each.reach().id(), DeliveryQueue.Action.CANCEL, Remark.NONE));
            assertThat(application.getBeansOfType(BatchLoop.class)).isEmpty();
            MessageBatch ended =
                    application.getBean(MessageBatches.class).find(id).orElseThrow();
            assertThat(ended.completedAt()).isPresent();
            assertThat(ended.toldBy()).isEmpty();
        }
        try (ConfigurableApplicationContext application = ShopApplication.start(url)) {
            RecordingSender sender = application.getBean(RecordingSender.class);
            Awaitility.await().atMost(PATIENCE).until(() -> !sender.bodies.isEmpty());
            assertThat(sender.bodies).singleElement().asString().contains(id.toString(), "\"CANCELLED\": 2");
        }
    }

    @Test
    void oldOnesAreRemovedAsTheirMessagesAre() {
        String url = RealPostgres.shared().freshDatabase();
        String[] minute = {"signalbox.delivery.retention.sent=1m", "signalbox.delivery.retention.unsent=1m"};
        try (ConfigurableApplicationContext application = ShopApplication.start(url, minute)) {
            MessageBatches batches = application.getBean(MessageBatches.class);
            batches.create(id, messages(), OWNER);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> batches.find(id).orElseThrow().toldBy().isPresent());
            application
                    .getBean(JdbcTemplate.class)
                    .update("update delivery_batch set completed_at = completed_at - 3600000000"); // an hour
        }
        try (ConfigurableApplicationContext application = ShopApplication.start(url, minute)) {
            MessageBatches batches = application.getBean(MessageBatches.class);
            Awaitility.await().atMost(PATIENCE).until(() -> batches.find(id).isEmpty());
        }
    }
}
