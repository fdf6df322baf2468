package dev.signalbox.database.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The same entity with one more column. */
@Entity
@Table(name = "note")
class RatedNote {
    @Id
    private String id = "";

    private Integer stars = 0;

    /** For Hibernate. */
    protected RatedNote() {}

    String id() {
        return id;
    }

    int stars() {
        return stars;
    }

    void rate(int number) {
        stars = number;
    }
}
