package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.testing.endpoint.StubEndpoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue of a {@link SignalboxTest}, in place of the one in the application's database, and an endpoint whose clients it plays. */
@AutoConfiguration(before = DeliveryAutoConfiguration.class)
final class TestDeliveriesAutoConfiguration {

    @Bean(destroyMethod = "close")
    TestDeliveries testDeliveries(ObjectProvider<Sender> senders) {
        return TestDeliveries.open(() -> senders.orderedStream().toList());
    }

    @Bean
    TestQueue deliveryQueue(TestDeliveries deliveries) {
        return deliveries.testQueue();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(StubEndpoint.class)
    static final class EndpointConfiguration {
        /** The router closes it. */
        @Bean(destroyMethod = "")
        StubEndpoint stubEndpoint() {
            return StubEndpoint.create();
        }
    }
}
