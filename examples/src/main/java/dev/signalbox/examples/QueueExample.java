package dev.signalbox.examples;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Sender;
import java.util.UUID;

/** The delivery queue in a program of your own: enqueue with your own rows, deliver in the background, look it up. */
public final class QueueExample {
    private final DeliveryQueue queue;
    private final Database database;

    QueueExample(Database database) {
        this.database = database;
        this.queue = DeliveryQueue.on(database);
    }

    public static void main(String[] args) {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:orders.db"))) {
            System.out.println("confirmation " + new QueueExample(database).placeOrder("+61491570006"));
        }
    }

    /** The order and its confirmation are committed together, or not at all. */
    UUID placeOrder(String phone) {
        return database.transact(transaction -> {
            transaction.createStatement().execute("create table if not exists orders (phone text)");
            var insert = transaction.prepareStatement("insert into orders values (?)");
            insert.setString(1, phone);
            insert.executeUpdate();
            return queue.enqueue(
                            transaction,
                            Reach.to("sms:" + phone)
                                    .body("Thank you for your order.")
                                    .build())
                    .id();
        });
    }

    Dispatcher deliverWith(Sender sender) {
        Dispatcher dispatcher = Dispatcher.builder(queue).sender(sender).build();
        dispatcher.start();
        return dispatcher;
    }

    MessageState stateOf(UUID id) {
        return queue.find(id).orElseThrow().state();
    }
}
