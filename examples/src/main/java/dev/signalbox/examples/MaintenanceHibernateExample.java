package dev.signalbox.examples;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.database.GatedDataSource;
import dev.signalbox.maintenance.database.PoolGateOptions;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import javax.sql.DataSource;

/** A program with Hibernate that gives its connections back before its database is upgraded, and goes on afterwards. */
public final class MaintenanceHibernateExample implements AutoCloseable {
    private final EntityManagerFactory entities;

    MaintenanceHibernateExample(Maintenance maintenance, DataSource pool) {
        entities = new PersistenceConfiguration("shop")
                .managedClass(Purchase.class)
                .property(
                        "jakarta.persistence.nonJtaDataSource",
                        GatedDataSource.join(maintenance, pool, PoolGateOptions.defaults()))
                .property("hibernate.dialect", "org.hibernate.community.dialect.SQLiteDialect")
                .property("hibernate.hbm2ddl.auto", "update")
                .createEntityManagerFactory();
    }

    public static void main(String[] args) throws InterruptedException {
        try (Maintenance maintenance = MaintenanceDemo.start();
                Database database = Database.open(DatabaseConfig.of("sqlite:hibernate.db"));
                var shop = new MaintenanceHibernateExample(maintenance, database.dataSource())) {
            MaintenanceDemo.eachSecond(() -> "purchases: " + shop.buy("bread"));
        }
    }

    /** Returns how many there are now. */
    long buy(String what) {
        return entities.callInTransaction(manager -> {
            manager.persist(new Purchase(what));
            return manager.createQuery("select count(p) from Purchase p", Long.class)
                    .getSingleResult();
        });
    }

    @Override
    public void close() {
        entities.close();
    }
}
