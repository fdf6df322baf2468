package dev.signalbox.templates;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Templates with all their versions, for all nodes that share a database. Thread-safe. Failures of the database are thrown as
 * {@link dev.signalbox.database.DatabaseException}.
 */
public interface TemplateStore {

    /** Opens it in a database, whose tables it brings up to date. All times are that database's. */
    static TemplateStore on(Database database) {
        return JdbcTemplates.open(database, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static TemplateStore on(Database database, InstantSource clock) {
        return JdbcTemplates.open(database, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcTemplates.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcTemplates.migrate(database);
    }

    /** Adds a version; the one before stays. Returns it as it is stored: the same one if nothing is new. */
    MessageTemplate save(MessageTemplate draft);

    /**
     * What a message in a language on a channel is made of. Of the templates of a name, one for the channel goes before one for
     * every channel; within that, {@code de-at} before {@code de} before the one without a locale.
     *
     * @param version of the template that is found so; the newest if empty
     */
    Optional<MessageTemplate> find(String name, String channel, String locale, OptionalInt version);

    /** The newest versions of one name, by channel and locale; none if there is no such name. */
    List<MessageTemplate> of(String name);

    /** The newest versions, by name, channel and locale: those of names after {@code after}, which may be empty. */
    List<MessageTemplate> list(String after, int mostNames);

    /** Removes a name with everything; false if there is none. Messages that were made of it stay. */
    boolean delete(String name);
}
