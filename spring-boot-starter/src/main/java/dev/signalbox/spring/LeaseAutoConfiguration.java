package dev.signalbox.spring;

import dev.signalbox.database.Database;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Leases in the application's database, or in the {@link LeaseStore} of the application; nothing is opened before it is asked for. */
@AutoConfiguration(after = DatabaseAutoConfiguration.class)
@ConditionalOnClass(Leases.class)
@ConditionalOnBooleanProperty(name = "signalbox.leases.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LeaseProperties.class)
final class LeaseAutoConfiguration {
    private static final String NO_STORE =
            "a method is @Leased, and there is no place for leases: add a DataSource, or a bean of type LeaseStore";

    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    @ConditionalOnBean(Database.class)
    LeaseStore leaseStore(Database database) {
        return DatabaseLeases.open(database);
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    @ConditionalOnBean(LeaseStore.class)
    Leases leases(LeaseStore store, LeaseProperties properties) {
        String node = Objects.requireNonNullElseGet(
                properties.node(), () -> ManagementFactory.getRuntimeMXBean().getName());
        return Leases.in(store, node);
    }

    @Bean
    LeasedElections leasedElections(ObjectProvider<Leases> leases, LeaseProperties properties) {
        return new LeasedElections(
                () -> leases.getIfAvailable(() -> {
                    throw new IllegalStateException(NO_STORE);
                }),
                properties.options());
    }

    @Bean
    static LeasedPostProcessor leasedPostProcessor(ObjectProvider<LeasedElections> elections) {
        return new LeasedPostProcessor(elections::getObject);
    }
}
