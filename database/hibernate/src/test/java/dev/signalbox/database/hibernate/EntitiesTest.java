package dev.signalbox.database.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entities on each database that a build has. */
class EntitiesTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final String TEXT = "tea \uD83C\uDF75 and more";

    @TempDir
    Path folder;

    enum Kind {
        SQLITE,
        POSTGRESQL,
        MARIADB
    }

    private Database open(Kind kind) {
        return Database.open(DatabaseConfig.of(
                switch (kind) {
                    case SQLITE -> "sqlite:" + folder.resolve("notes.db");
                    case POSTGRESQL -> RealPostgres.shared().freshDatabase();
                    case MARIADB -> RealMariaDb.shared().freshDatabase();
                }));
    }

    private static List<Note> all(EntityManagerFactory notes) {
        return notes.callInTransaction(
                manager -> manager.createQuery("from Note", Note.class).getResultList());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCommittedIsThereAndWhatIsRolledBackIsNot(Kind kind) {
        try (Database database = open(kind);
                EntityManagerFactory notes =
                        Entities.of(Note.class).updatingSchema().openOn(database)) {
            notes.runInTransaction(manager -> manager.persist(new Note(TEXT, NOON)));
            assertThatThrownBy(() -> notes.runInTransaction(manager -> {
                        manager.persist(new Note("never", NOON));
                        manager.flush();
                        throw new IllegalStateException("as the test wants it");
                    }))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(all(notes)).singleElement().satisfies(note -> {
                assertThat(note.text()).isEqualTo(TEXT);
                // SQLite's dialect and MariaDB's keep milliseconds and microseconds.
                assertThat(note.written().toEpochMilli()).isEqualTo(NOON.toEpochMilli());
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingColumnsAreAddedOnRequestAndRowsStay(Kind kind) {
        try (Database database = open(kind)) {
            String id;
            try (EntityManagerFactory notes =
                    Entities.of(Note.class).updatingSchema().openOn(database)) {
                notes.runInTransaction(manager -> manager.persist(new Note(TEXT, NOON)));
                id = all(notes).getFirst().id();
            }
            try (EntityManagerFactory notes =
                    Entities.of(RatedNote.class).updatingSchema().openOn(database)) {
                notes.runInTransaction(
                        manager -> manager.find(RatedNote.class, id).rate(5));
                int stars = notes.callInTransaction(
                        manager -> manager.find(RatedNote.class, id).stars());
                assertThat(stars).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutARequestNoTableIsMade(Kind kind) {
        try (Database database = open(kind);
                EntityManagerFactory notes = Entities.of(Note.class).openOn(database)) {
            assertThat(notes.isOpen()).isTrue();
            assertThatThrownBy(() -> database.read(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            return statement.execute("select 1 from note");
                        }
                    }))
                    .isInstanceOf(DatabaseException.class);
        }
    }

    /** Two programs in different zones read the same moment. */
    @ParameterizedTest
    @EnumSource
    void timesDoNotDependOnTheZoneOfTheMachine(Kind kind) {
        TimeZone before = TimeZone.getDefault();
        try (Database database = open(kind)) {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
            try (EntityManagerFactory notes =
                    Entities.of(Note.class).updatingSchema().openOn(database)) {
                notes.runInTransaction(manager -> manager.persist(new Note(TEXT, NOON)));
            }
            TimeZone.setDefault(TimeZone.getTimeZone("America/Lima"));
            try (EntityManagerFactory notes = Entities.of(Note.class).openOn(database)) {
                assertThat(all(notes).getFirst().written().toEpochMilli()).isEqualTo(NOON.toEpochMilli());
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void classThatIsNoEntityIsRefusedInWords() {
        assertThatThrownBy(() -> Entities.of(Map.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.util.Map is no entity");
    }
}
