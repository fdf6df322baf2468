package dev.signalbox.spring;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Sender;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The queue in the application's database, and a dispatcher over the application's senders. */
@AutoConfiguration(after = DatabaseAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "signalbox.delivery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(DeliveryProperties.class)
final class DeliveryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(DeliveryQueue.class)
    @ConditionalOnBean(Database.class)
    TransactionalQueue deliveryQueue(
            Database database,
            DatabaseProperties properties,
            ObjectProvider<DataSource> sources,
            ObjectProvider<BodyProtection> bodies) {
        DataSource joined = properties.separate() ? null : sources.getIfUnique();
        BodyProtection protection = bodies.getIfUnique(() -> BodyProtection.NONE);
        return new TransactionalQueue(DeliveryQueue.on(database, protection), new TransactionJoin(joined));
    }

    /** Of a queue of the application's own, it is for the application to have them. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(WrappedQueue.class)
    MessageBatches messageBatches(WrappedQueue queue) {
        return queue.batches();
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @ConditionalOnBean({DeliveryQueue.class, Sender.class})
    @ConditionalOnBooleanProperty(name = "signalbox.delivery.dispatch", matchIfMissing = true)
    Dispatcher deliveryDispatcher(
            DeliveryQueue queue,
            DeliveryProperties properties,
            ObjectProvider<Sender> senders,
            ObjectProvider<DispatcherListener> listeners,
            ObjectProvider<ObservationRegistry> observations) {
        ObservationRegistry observed = observations.getIfUnique(() -> ObservationRegistry.NOOP);
        Dispatcher.Builder builder = Dispatcher.builder(queue instanceof WrappedQueue wrapped ? wrapped.plain() : queue)
                .senders(senders.orderedStream()
                        .map(sender -> observed.isNoop() ? sender : new ObservedSender(sender, observed))
                        .toList())
                .options(properties.options())
                .ownConnections();
        listeners.orderedStream().forEach(builder::listener);
        Optional.ofNullable(properties.journal()).ifPresent(builder::journal);
        return builder.build();
    }

    @Bean
    @ConditionalOnBean(Dispatcher.class)
    DispatcherLifecycle deliveryDispatcherLifecycle(Dispatcher dispatcher, DeliveryProperties properties) {
        return new DispatcherLifecycle(dispatcher, properties.drainTimeout());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({MessageBatches.class, Database.class, Dispatcher.class})
    BatchLoop batchLoop(MessageBatches batches, Database database, DeliveryProperties properties) {
        return new BatchLoop(batches, properties.options().retention().longest(), database.clock());
    }
}
