package dev.signalbox.examples.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** An order and its confirmation are committed together, or not at all. */
@RestController
class OrderController {
    private final JdbcClient jdbc;
    private final DeliveryQueue queue;

    OrderController(JdbcClient jdbc, DeliveryQueue queue) {
        this.jdbc = jdbc;
        this.queue = queue;
    }

    /** Returns the id of the confirmation. */
    @PostMapping("/orders")
    @Transactional
    public UUID order(@RequestParam String phone, @RequestParam String what) {
        jdbc.sql("insert into orders (phone, what) values (?, ?)")
                .params(phone, what)
                .update();
        Reach thanks =
                Reach.to("sms:" + phone).body("Thank you for ordering " + what).build();
        UUID id = queue.enqueue(thanks).id();
        if (what.equals("dodo")) {
            throw new OutOfStockException(what); // Rolls back the order and its confirmation.
        }
        return id;
    }

    /** What became of a confirmation. */
    @GetMapping("/confirmations/{id}")
    ResponseEntity<MessageState> confirmation(@PathVariable UUID id) {
        Optional<MessageState> state = queue.find(id).map(DeliveryQueue.Status::state);
        return ResponseEntity.of(state);
    }

    @ResponseStatus(HttpStatus.CONFLICT)
    static final class OutOfStockException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutOfStockException(String what) {
            super(what + " is out of stock");
        }
    }
}
