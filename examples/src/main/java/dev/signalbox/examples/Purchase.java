package dev.signalbox.examples;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;

/** An entity of {@link MaintenanceHibernateExample}. */
@Entity
public class Purchase {
    @Id
    private String id = UUID.randomUUID().toString();

    private String what = "";

    /** For Hibernate. */
    protected Purchase() {}

    Purchase(String what) {
        this.what = what;
    }

    public String id() {
        return id;
    }

    public String what() {
        return what;
    }
}
