package dev.signalbox.examples;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Sender;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;

/** The delivery queue as beans of CDI, as Weld, Quarkus and Jakarta EE have it. The application produces a DatabaseConfig and Senders. */
public final class QueueCdiExample {
    private QueueCdiExample() {}

    /** One bean owns the parts, since a container may end beans in any order, and the dispatcher must end before its database. */
    @Singleton
    public static class Delivery {
        private final Database database;
        private final DeliveryQueue queue;
        private final Dispatcher dispatcher;

        /** Closes the database if it fails: a container destroys only beans that it has constructed. */
        @Inject
        Delivery(DatabaseConfig config, Instance<Sender> senders) {
            database = Database.open(config);
            try {
                queue = DeliveryQueue.on(database);
                dispatcher = Dispatcher.builder(queue).senders(senders).build();
            } catch (RuntimeException | Error e) {
                database.close();
                throw e;
            }
        }

        void start(@Observes Startup started) {
            dispatcher.start();
        }

        @Produces
        Database database() {
            return database;
        }

        @Produces
        DeliveryQueue queue() {
            return queue;
        }

        @PreDestroy
        void close() {
            try (database) {
                dispatcher.close();
            }
        }
    }

    /** A bean of the application. */
    @Singleton
    public static class Orders {
        private final Database database;
        private final DeliveryQueue queue;

        @Inject
        Orders(Database database, DeliveryQueue queue) {
            this.database = database;
            this.queue = queue;
        }

        /** Whatever else is written in the transaction is committed with the message, or not at all. */
        UUID place(String phone) {
            return database.transact(transaction -> queue.enqueue(
                            transaction,
                            Reach.to("sms:" + phone)
                                    .body("Thank you for your order.")
                                    .build())
                    .id());
        }
    }
}
