package dev.signalbox.database.hibernate;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceException;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Entity classes, and how Hibernate is to treat them: {@link #openOn} makes an {@code EntityManagerFactory} of them, without a
 * {@code persistence.xml}. Immutable and thread-safe.
 *
 * {@snippet :
 * try (EntityManagerFactory shop = Entities.of(Purchase.class).updatingSchema().openOn(database)) {
 *     shop.runInTransaction(manager -> manager.persist(new Purchase("tea")));
 * }
 * }
 */
public final class Entities {
    private static final String UNIT = "signalbox";
    private static final String SQLITE = "org.hibernate.community.dialect.SQLiteDialect";

    private static final List<Class<? extends Annotation>> MANAGED =
            List.of(Entity.class, MappedSuperclass.class, Embeddable.class, Converter.class);

    private final List<Class<?>> classes;
    private final Map<String, Object> properties;

    private Entities(List<Class<?>> classes, Map<String, Object> properties) {
        this.classes = classes;
        this.properties = properties;
    }

    /**
     * Takes these classes, and no others.
     *
     * @throws IllegalArgumentException if there is none, or one that no annotation makes an entity or a part of one
     */
    public static Entities of(Class<?>... classes) {
        if (classes.length == 0) {
            throw new IllegalArgumentException("entities are missing; give at least one class");
        }
        for (Class<?> type : classes) {
            if (MANAGED.stream().noneMatch(type::isAnnotationPresent)) {
                throw new IllegalArgumentException(type.getName() + " is no entity; annotate it with @Entity");
            }
        }
        // Times are in UTC, as everywhere here, whatever the zone of the machine.
        return new Entities(List.of(classes), Map.of("hibernate.jdbc.time_zone", "UTC"));
    }

    /**
     * The same, and {@link #openOn} adds what tables and columns are missing. It changes and removes none, and no lock keeps two
     * processes from it at once; migrations ({@link Database#migrate}) do both better.
     */
    public Entities updatingSchema() {
        return withProperty("hibernate.hbm2ddl.auto", "update");
    }

    /** The same with a setting of Hibernate's. */
    public Entities withProperty(String name, Object value) {
        Map<String, Object> more = new HashMap<>(properties);
        more.put(name, value);
        return new Entities(classes, Map.copyOf(more));
    }

    /**
     * Opens them on a database, through its pool. The database stays open when the factory is closed; close the factory first.
     *
     * @throws DatabaseException if Hibernate does not understand the classes, the database cannot be used, or, on SQLite, the artifact
     *     {@code org.hibernate.orm:hibernate-community-dialects} is not on the class path
     */
    public EntityManagerFactory openOn(Database database) {
        PersistenceConfiguration configuration = new PersistenceConfiguration(UNIT);
        classes.forEach(configuration::managedClass);
        properties.forEach(configuration::property);
        configuration.property("jakarta.persistence.nonJtaDataSource", database.dataSource());
        if (database.dialect() == Dialect.SQLITE) {
            configuration.property("hibernate.dialect", sqlite());
        }
        try {
            return configuration.createEntityManagerFactory();
        } catch (PersistenceException e) {
            throw new DatabaseException("Hibernate cannot use these entities: " + e.getMessage(), e);
        }
    }

    private static String sqlite() {
        try {
            Class.forName(SQLITE, false, Entities.class.getClassLoader());
            return SQLITE;
        } catch (ClassNotFoundException e) {
            throw new DatabaseException(
                    "Hibernate needs org.hibernate.orm:hibernate-community-dialects on the class path for SQLite", e);
        }
    }
}
