package dev.signalbox.examples;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.util.UUID;
import javax.sql.DataSource;

/** An entity and a message in one transaction of Jakarta Persistence, here Hibernate's: committed together, or not at all. */
public final class QueueHibernateExample implements AutoCloseable {
    private final DeliveryQueue queue;
    private final EntityManagerFactory entities;

    QueueHibernateExample(DeliveryQueue queue, DataSource pool) {
        this.queue = queue;
        entities = new PersistenceConfiguration("shop")
                .managedClass(Purchase.class)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .property("hibernate.hbm2ddl.auto", "update")
                .createEntityManagerFactory();
    }

    UUID buy(String what, String phone) {
        Reach thanks =
                Reach.to("sms:" + phone).body("Thank you for buying " + what).build();
        return entities.callInTransaction(manager -> {
            manager.persist(new Purchase(what));
            return manager.callWithConnection((Connection transaction) -> queue.enqueue(transaction, thanks))
                    .id();
        });
    }

    long purchases() {
        return entities.callInTransaction(manager -> manager.createQuery("select count(p) from Purchase p", Long.class)
                .getSingleResult());
    }

    @Override
    public void close() {
        entities.close();
    }
}
