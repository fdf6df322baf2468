package dev.signalbox.database.hibernate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** An entity as its first version had it. */
@Entity
@Table(name = "note")
class Note {
    @Id
    private String id = UUID.randomUUID().toString();

    @Column(length = 1000)
    private String text = "";

    private Instant written = Instant.EPOCH;

    /** For Hibernate. */
    protected Note() {}

    Note(String text, Instant written) {
        this.text = text;
        this.written = written;
    }

    String id() {
        return id;
    }

    String text() {
        return text;
    }

    Instant written() {
        return written;
    }
}
