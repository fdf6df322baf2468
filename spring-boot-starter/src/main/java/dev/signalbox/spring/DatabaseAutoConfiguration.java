package dev.signalbox.spring;

import dev.signalbox.database.Database;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/** The database that the queue and leases are in; opened once one of them asks for it. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@EnableConfigurationProperties(DatabaseProperties.class)
final class DatabaseAutoConfiguration {

    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    @Conditional(Known.class)
    Database signalboxDatabase(
            DatabaseProperties properties,
            ObjectProvider<DataSource> sources,
            ObjectProvider<JdbcConnectionDetails> details) {
        DatabasePlace place = DatabasePlace.find(properties, sources.getIfUnique(), details.getIfUnique());
        return Database.open(place.config().withPool(properties.pool()));
    }

    /** There is a database. */
    static final class Known extends AnyNestedCondition {
        Known() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(DataSource.class)
        static final class Application {}

        @ConditionalOnProperty("signalbox.database.url")
        static final class Given {}
    }
}
