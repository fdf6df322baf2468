package dev.signalbox.delivery.suppression;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.Channel;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What recipients want, for all nodes that share a database; in the tables of the {@link SuppressionList}, which
 * {@link SuppressionList#migrate} brings up to date. Thread-safe. Failures of the database are thrown as
 * {@link dev.signalbox.database.DatabaseException}.
 */
public interface Preferences {
    /** The most that one recipient may have. */
    int MOST = 200;

    /** Opens them in a database, whose tables it brings up to date. All times are that database's. */
    static Preferences on(Database database) {
        return JdbcPreferences.open(database, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static Preferences on(Database database, InstantSource clock) {
        return JdbcPreferences.open(database, clock);
    }

    /**
     * Enters one, dated now, in the place of that about the same category and channel.
     *
     * @return as it stands
     * @throws IllegalArgumentException if the recipient has {@link #MOST} others
     */
    Preference put(Preference preference);

    /**
     * Removes those of a recipient; of one category or channel alone, where these are given.
     *
     * @return how many there were
     */
    int remove(String recipient, Optional<String> category, Optional<Channel> channel);

    /** All of a recipient, by category and channel, those about all first. */
    List<Preference> list(String recipient);

    /**
     * Those that apply to a message: about its category or all, and about its channel or all. Entries of this node are seen at
     * once; the first one of all, if another node makes it, within a second.
     */
    List<Preference> applying(String recipient, Channel channel, Optional<String> category);
}
