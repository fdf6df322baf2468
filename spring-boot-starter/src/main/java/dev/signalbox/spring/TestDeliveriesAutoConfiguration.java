package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Sender;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The queue of a {@link SignalboxTest}, in place of the one in the application's database. */
@AutoConfiguration(before = DeliveryAutoConfiguration.class)
final class TestDeliveriesAutoConfiguration {

    @Bean(destroyMethod = "close")
    TestDeliveries testDeliveries(ObjectProvider<Sender> senders) {
        return TestDeliveries.open(() -> senders.orderedStream().toList());
    }

    @Bean
    DeliveryQueue deliveryQueue(TestDeliveries deliveries) {
        return deliveries.queue();
    }
}
