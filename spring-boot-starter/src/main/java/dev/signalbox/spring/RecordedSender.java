package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.util.function.Consumer;

/** A sender whose attempts a test is told of. */
final class RecordedSender extends WrappedSender {
    private final Consumer<Delivery> attempted;

    RecordedSender(Sender sender, Consumer<Delivery> attempted) {
        super(sender);
        this.attempted = attempted;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        attempted.accept(delivery);
        return super.send(delivery);
    }
}
