package dev.signalbox.examples;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** A row and a message in one transaction of jOOQ: committed together, or not at all. */
public final class QueueJooqExample {
    private final DeliveryQueue queue;
    private final DSLContext jooq;

    QueueJooqExample(DeliveryQueue queue, DataSource pool) {
        this.queue = queue;
        jooq = DSL.using(pool, SQLDialect.POSTGRES);
        jooq.execute("create table if not exists orders (what varchar(100) not null)");
    }

    UUID buy(String what, String phone) {
        Reach thanks =
                Reach.to("sms:" + phone).body("Thank you for buying " + what).build();
        return jooq.transactionResult(transaction -> {
            transaction.dsl().execute("insert into orders values (?)", what);
            return transaction
                    .dsl()
                    .connectionResult(connection -> queue.enqueue(connection, thanks))
                    .id();
        });
    }

    int orders() {
        return jooq.fetchCount(DSL.table("orders"));
    }
}
