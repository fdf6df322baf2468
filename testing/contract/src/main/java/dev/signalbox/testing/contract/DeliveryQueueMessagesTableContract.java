package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.MessagesTable;
import dev.signalbox.delivery.queue.Retention;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that other programs insert into the table {@code messages} are sent, once, and marked. */
public abstract class DeliveryQueueMessagesTableContract extends DeliveryQueueContract {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private MessagesTable table;

    @BeforeEach
    void openTable() {
        execute("drop table if exists messages");
        execute("delete from delivery_intake");
        table = closing(MessagesTable.open(queue(), POLL, 3));
    }

    @AfterEach
    void dropTable() {
        table.close();
        execute("drop table messages");
        execute("delete from delivery_intake");
    }

    private void execute(String sql) {
        database().transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private void insert(String number, String content) {
        database().transact(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("insert into messages (phone_number, content) values (?, ?)")) {
                statement.setString(1, number);
                statement.setString(2, content);
                return statement.executeUpdate();
            }
        });
    }

    private int countSent() {
        String condition = "sent = " + database().dialect().literal(true);
        return database().read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from messages where " + condition)) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    @Test
    void rowIsSentOnceAndThenMarked() {
        insert("+61491570006", "hello");
        assertThat(table.takeIn()).isEqualTo(1);
        assertThat(table.takeIn()).isZero();
        assertThat(table.markSent()).isZero();
        Dispatcher node = node(sms);
        node.runOnce();
        assertThat(countSent()).isZero();
        assertThat(table.markSent()).isEqualTo(1);
        assertThat(countSent()).isEqualTo(1);
        assertThat(table.takeIn()).isZero();
        assertThat(sms.given()).singleElement().satisfies(delivery -> {
            assertThat(delivery.address()).isEqualTo("+61491570006");
            assertThat(delivery.body()).isEqualTo("hello");
        });
    }

    @Test
    void rowsThatMakeNoMessageHoldUpNoOther() {
        insert("", "hello");
        insert("+61491570006", "");
        insert("+61491570007", "good");
        assertThat(table.takeIn()).isEqualTo(3);
        assertThat(table.takeIn()).isZero();
        node(sms).runOnce();
        assertThat(table.markSent()).isEqualTo(1);
        assertThat(sms.given()).extracting(Delivery::body).containsExactly("good");
        assertThat(countSent()).isEqualTo(1);
    }

    @Test
    void rowOfADeadMessageIsMarkedOnceItIsSentAfterAll() {
        insert("+61491570006", "hello");
        table.takeIn();
        Dispatcher node = node(sms.answering(ScriptedSender.rejected()));
        node.runOnce();
        assertThat(table.markSent()).isZero();
        assertThat(table.takeIn()).isZero();
        queue().retry(sms.given().getFirst().id());
        sms.answering(ScriptedSender.accepted());
        node.runOnce();
        assertThat(table.markSent()).isEqualTo(1);
    }

    /** Left to itself, SQLite gives the highest id again once its row is deleted. */
    @Test
    void rowInThePlaceOfADeletedOneIsSent() {
        insert("", "its number was forgotten");
        assertThat(table.takeIn()).isEqualTo(1);
        execute("delete from messages");
        insert("+61491570006", "with its number");
        assertThat(table.takeIn()).isEqualTo(1);
        execute("delete from messages");
        assertThat(table.markSent()).isZero();
        String insert = "insert into messages (id, phone_number, content) values (1, '+61491570006', 'numbered anew')";
        boolean numbersItself = database().dialect() == Dialect.SQLSERVER;
        execute(
                numbersItself
                        ? "set identity_insert messages on; " + insert + "; set identity_insert messages off"
                        : insert);
        assertThat(table.takeIn()).isEqualTo(1);
        node(sms).runOnce();
        assertThat(sms.given())
                .extracting(Delivery::body)
                .containsExactlyInAnyOrder("with its number", "numbered anew");
        assertThat(table.markSent()).isEqualTo(1);
    }

    @Test
    void tableThatIsThereIsTakenAsItIs() {
        execute("drop table messages");
        boolean isSqlServer = database().dialect() == Dialect.SQLSERVER;
        execute("create table messages (id integer primary key, phone_number varchar(20), content text,"
                + (isSqlServer
                        ? " sent bit not null default 0, created_at datetime2 default sysutcdatetime())"
                        : " sent boolean not null default false, created_at timestamp default current_timestamp)"));
        closing(MessagesTable.open(queue(), POLL, 3));
        execute("insert into messages (id, phone_number, content) values (7, '+61491570006', 'hello')");
        assertThat(table.takeIn()).isEqualTo(1);
    }

    @Test
    void sentMessageIsKeptUntilItsRowIsMarked() {
        insert("+61491570006", "hello");
        table.takeIn();
        Dispatcher node = node(OPTIONS.withRetention(new Retention(Optional.of(MINUTE), Optional.empty())), sms);
        node.runOnce();
        UUID id = sms.given().getFirst().id();
        clock.advance(MINUTE);
        node.runOnce();
        assertThat(queue().find(id)).isPresent();
        assertThat(table.markSent()).isEqualTo(1);
        node.runOnce();
        assertThat(queue().find(id)).isEmpty();
        assertThat(table.takeIn()).isZero();
        assertThat(countSent()).isEqualTo(1);
    }

    @Test
    void rowsAreTakenOnceByNodesThatRace() throws Exception {
        for (int i = 0; i < 200; i++) {
            insert("+61491570006", "text " + i);
        }
        MessagesTable other = closing(MessagesTable.open(simulated(connect()), POLL, 3));
        List<Callable<Integer>> calls = List.of(table::takeIn, other::takeIn, table::takeIn, other::takeIn);
        int taken = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> call : threads.invokeAll(calls)) {
                taken += call.get();
            }
        }
        assertThat(taken).isEqualTo(200);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 200L);
    }

    @Test
    void worksByItself() {
        Dispatcher node = node(OPTIONS.withPoll(POLL), sms);
        table.start();
        node.start();
        insert("+61491570006", "hello");
        await().atMost(LONG).untilAsserted(() -> assertThat(countSent()).isEqualTo(1));
        table.close();
        assertThat(sms.given()).hasSize(1);
    }
}
