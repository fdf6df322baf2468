package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.RealPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages in the transactions of Spring's JPA, here Hibernate's. */
class JpaTransactionTest {
    @Entity
    static class Bill {
        @Id
        private long id;

        protected Bill() {}

        Bill(long id) {
            this.id = id;
        }

        long id() {
            return id;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean(destroyMethod = "close")
        HikariDataSource dataSource() {
            var pool = new HikariDataSource();
            pool.setJdbcUrl(RealPostgres.shared().freshDatabase());
            return pool;
        }

        @Bean
        LocalContainerEntityManagerFactoryBean entities(DataSource source) {
            var adapter = new HibernateJpaVendorAdapter();
            adapter.setGenerateDdl(true);
            var entities = new LocalContainerEntityManagerFactoryBean();
            entities.setDataSource(source);
            entities.setJpaVendorAdapter(adapter);
            entities.setManagedTypes(PersistenceManagedTypes.of(Bill.class.getName()));
            return entities;
        }

        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory entities) {
            return new JpaTransactionManager(entities);
        }
    }

    @Test
    void rowsAndMessagesComeAndGoTogether() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(DatabaseAutoConfiguration.class, DeliveryAutoConfiguration.class))
                .withUserConfiguration(Application.class)
                .run(context -> {
                    DeliveryQueue queue = context.getBean(DeliveryQueue.class);
                    EntityManager manager = SharedEntityManagerCreator.createSharedEntityManager(
                            context.getBean(EntityManagerFactory.class));
                    var transaction = new TransactionTemplate(context.getBean(JpaTransactionManager.class));
                    Reach kept = Shop.message("kept");
                    Reach lost = Shop.message("lost");

                    transaction.executeWithoutResult(status -> {
                        manager.persist(new Bill(1));
                        queue.enqueue(kept);
                    });
                    assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                                manager.persist(new Bill(2));
                                queue.enqueue(lost);
                                throw new IllegalStateException("changed my mind");
                            }))
                            .hasMessage("changed my mind");

                    assertThat(queue.find(kept.id())).isPresent();
                    assertThat(queue.find(lost.id())).isEmpty();
                    assertThat(manager.find(Bill.class, 1L).id()).isEqualTo(1);
                    assertThat(manager.find(Bill.class, 2L)).isNull();
                });
    }
}
