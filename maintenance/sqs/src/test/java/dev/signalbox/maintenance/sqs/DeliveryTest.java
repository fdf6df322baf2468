package dev.signalbox.maintenance.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** One message, as its handler's thread and the keeper's treat it. */
class DeliveryTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestQueue queue = new TestQueue();
    private final Queue requests = new Queue(queue.client(), queue.url());

    @AfterEach
    void close() {
        queue.close();
    }

    private Delivery received() {
        queue.send();
        Message message = requests.receive(1, Duration.ofSeconds(20), LONG).getFirst();
        return new Delivery(requests, message);
    }

    @Test
    void aMessageThatIsKeptStaysInvisible() {
        Delivery delivery = received();

        delivery.renew(LONG);

        assertThat(queue.invisible()).isEqualTo(1);
    }

    /** Race: the keeper may have chosen it a moment before its handler ended. */
    @Test
    void aMessageThatWasGivenBackIsNotKeptAnyMore() {
        Delivery delivery = received();
        delivery.giveBack(Duration.ZERO);

        delivery.renew(LONG);

        assertThat(queue.invisible()).isZero();
        assertThat(queue.visible()).isEqualTo(1);
    }
}
