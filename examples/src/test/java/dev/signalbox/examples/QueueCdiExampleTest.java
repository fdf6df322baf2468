package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The beans in a container of Weld. */
class QueueCdiExampleTest {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    @TempDir
    private static Path folder;

    /** What the application brings. */
    @Singleton
    public static class Application {
        @Produces
        static DatabaseConfig database() {
            return DatabaseConfig.of("sqlite:" + folder.resolve("orders.db"));
        }
    }

    /** A channel of the application. */
    @Singleton
    public static class Texts implements Sender {
        @Override
        public SendResult send(Delivery delivery) {
            SENT.add(delivery.body());
            return new SendResult.Accepted(Optional.empty());
        }

        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public int concurrency() {
            return 4;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ZERO;
        }
    }

    @BeforeEach
    void forget() {
        SENT.clear();
    }

    private static SeContainer started(Class<?>... more) {
        return SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addBeanClasses(QueueCdiExample.Delivery.class, QueueCdiExample.Orders.class, Application.class)
                .addBeanClasses(more)
                .initialize();
    }

    /** SQLite keeps this file until the last connection to the database is closed. */
    private static Path keptWhileOpen() {
        return folder.resolve("orders.db-wal");
    }

    @Test
    void anOrdersConfirmationIsDeliveredByTheBeansAndTheContainerClosesThem() {
        Database database;
        try (SeContainer container = started(Texts.class)) {
            DeliveryQueue queue = container.select(DeliveryQueue.class).get();
            database = container.select(Database.class).get();

            UUID id = container.select(QueueCdiExample.Orders.class).get().place("+61491570006");

            Awaitility.await().until(() -> queue.find(id).orElseThrow().state() == MessageState.SENT);
            assertThat(SENT).containsExactly("Thank you for your order.");
            assertThat(keptWhileOpen()).exists();
        }
        Database closed = database;
        assertThatThrownBy(() -> closed.read(connection -> connection.getAutoCommit()))
                .isInstanceOf(RuntimeException.class);
        assertThat(keptWhileOpen()).doesNotExist();
    }

    @Test
    void anApplicationThatCannotStartLeavesNoConnectionOpen() {
        assertThatThrownBy(QueueCdiExampleTest::started).hasStackTraceContaining("senders are missing");

        assertThat(folder.resolve("orders.db")).exists();
        assertThat(keptWhileOpen()).doesNotExist();
    }
}
