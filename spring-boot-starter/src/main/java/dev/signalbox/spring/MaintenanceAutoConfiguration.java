package dev.signalbox.spring;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.SignalSource;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Maintenance of the node: its sources and participants are beans, and the dispatcher is one of the participants. */
@AutoConfiguration(after = DeliveryAutoConfiguration.class, before = ApplicationAvailabilityAutoConfiguration.class)
@ConditionalOnClass(Maintenance.class)
@ConditionalOnBooleanProperty(name = "signalbox.maintenance.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MaintenanceProperties.class)
final class MaintenanceAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Maintenance maintenance(MaintenanceProperties properties) {
        return Maintenance.start(properties.options());
    }

    @Bean
    @ConditionalOnMissingBean(ApplicationAvailability.class)
    MaintenanceAvailability applicationAvailability(Maintenance maintenance) {
        return new MaintenanceAvailability(maintenance);
    }

    /** Sources are closed by the maintenance, and may be by the context, too. */
    @Bean
    SmartInitializingSingleton maintenanceParts(
            Maintenance maintenance,
            MaintenanceProperties properties,
            ObjectProvider<Drainable> drainables,
            ObjectProvider<SignalSource> sources) {
        return () -> {
            drainables.orderedStream().forEach(maintenance::add);
            sources.orderedStream().forEach(maintenance::add);
            Optional.ofNullable(properties.file()).ifPresent(file -> maintenance.add(FileSignals.at("file", file)));
        };
    }

    @Bean
    @ConditionalOnBean(DispatcherLifecycle.class)
    DispatcherDrain dispatcherDrain(DispatcherLifecycle dispatcher, DeliveryProperties properties) {
        return new DispatcherDrain(dispatcher, properties.drainTimeout());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
    static final class HealthConfiguration {
        @Bean
        @ConditionalOnMissingBean(name = "maintenanceHealthIndicator")
        @ConditionalOnEnabledHealthIndicator("maintenance")
        MaintenanceHealthIndicator maintenanceHealthIndicator(Maintenance maintenance) {
            return new MaintenanceHealthIndicator(maintenance);
        }
    }
}
