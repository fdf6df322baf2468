package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages in transactions that other libraries begin and end. */
class JoinedTransactionsTest {
    private static final String PHONE = "+61491570006";

    private Database database;
    private DeliveryQueue queue;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
        queue = DeliveryQueue.on(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private int messages() {
        return queue.list(MessageFilter.ALL).items().size();
    }

    @Test
    void ofJakartaPersistence() {
        try (var shop = new QueueHibernateExample(queue, database.dataSource())) {
            UUID id = shop.buy("bread", PHONE);

            assertThat(queue.find(id)).isPresent();
            assertThat(shop.purchases()).isEqualTo(1);

            breakTheQueue();
            assertThatThrownBy(() -> shop.buy("tea", PHONE)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(shop.purchases()).as("the row of the failed transaction").isEqualTo(1);
        }
    }

    @Test
    void ofJooq() {
        var shop = new QueueJooqExample(queue, database.dataSource());
        UUID id = shop.buy("bread", PHONE);

        assertThat(queue.find(id)).isPresent();
        assertThat(messages()).isEqualTo(1);
        breakTheQueue();
        assertThatThrownBy(() -> shop.buy("tea", PHONE)).isInstanceOf(DeliveryQueueException.class);
        assertThat(shop.orders()).as("the row of the failed transaction").isEqualTo(1);
    }

    @Test
    void whatTheCallerRollsBackIsGone() {
        Reach reach = Reach.to("sms:" + PHONE).body("x").build();

        assertThatThrownBy(() -> database.transact(connection -> {
                    queue.enqueue(connection, reach);
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(queue.find(reach.id())).isEmpty();
        assertThat(queue.enqueue(reach).duplicate()).isFalse();
    }

    /** From now on the database refuses every message. */
    private void breakTheQueue() {
        database.transact(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute("alter table delivery_message add constraint full_up check (false) not valid");
            }
        });
    }
}
