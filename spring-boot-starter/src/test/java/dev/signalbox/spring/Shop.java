package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What an application does: rows of its own and messages, in one transaction. */
class Shop {
    private final JdbcTemplate jdbc;
    private final DeliveryQueue queue;

    Shop(JdbcTemplate jdbc, DeliveryQueue queue) {
        this.jdbc = jdbc;
        this.queue = queue;
    }

    static Reach message(String body) {
        return Reach.to("sms:+61491570006").body(body).build();
    }

    @Transactional
    public UUID order(String what) {
        jdbc.update("insert into orders values (?)", what);
        return queue.enqueue(message(what)).id();
    }

    @Transactional
    public void orderAndFail(UUID id, String what) {
        jdbc.update("insert into orders values (?)", what);
        queue.enqueueAll(List.of(Reach.to("sms:+61491570006").body(what).id(id).build()));
        throw new IllegalStateException("out of stock");
    }

    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    public UUID remark(String what) {
        return queue.enqueue(message(what)).id();
    }

    long orders() {
        return jdbc.queryForList("select what from orders", String.class).size();
    }
}
