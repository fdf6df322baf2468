package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Sender;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see of the queue; each part only with the part of Boot that shows it. */
@AutoConfiguration(
        after = DeliveryAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnBean(DeliveryQueue.class)
final class ActuatorAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
    @ConditionalOnBean(Dispatcher.class)
    static final class HealthConfiguration {
        @Bean
        @ConditionalOnMissingBean(name = "dispatcherHealthIndicator")
        @ConditionalOnEnabledHealthIndicator("dispatcher")
        DispatcherHealthIndicator dispatcherHealthIndicator(Dispatcher dispatcher) {
            return new DispatcherHealthIndicator(dispatcher);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static final class EndpointConfiguration {
        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        SignalboxEndpoint signalboxEndpoint(DeliveryQueue queue, ObjectProvider<Dispatcher> dispatcher) {
            return new SignalboxEndpoint(queue, Optional.ofNullable(dispatcher.getIfAvailable()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean({MeterRegistry.class, Dispatcher.class})
    static final class MetricsConfiguration {
        @Bean
        @ConditionalOnMissingBean
        DeliveryMetrics deliveryMetrics(MeterRegistry registry) {
            return new DeliveryMetrics(registry);
        }

        @Bean
        @ConditionalOnMissingBean
        LaneGauges laneGauges(DeliveryQueue queue, ObjectProvider<Sender> senders) {
            return new LaneGauges(
                    queue.flow(), senders.orderedStream().map(Sender::channel).toList());
        }
    }
}
