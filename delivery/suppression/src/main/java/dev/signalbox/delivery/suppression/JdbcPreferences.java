package dev.signalbox.delivery.suppression;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.Channel;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Preferences in a table. As long as it has no row, attempts cost no query. */
final class JdbcPreferences implements Preferences {
    private final Database database;
    private final InstantSource clock;
    private final EmptyTable empty = new EmptyTable();

    private JdbcPreferences(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    static Preferences open(Database database, InstantSource clock) {
        JdbcSuppressions.migrate(database);
        return new JdbcPreferences(database, clock);
    }

    @Override
    public Preference put(Preference preference) {
        Preference dated = preference.withSince(clock.instant());
        Preference stored = database.transact(connection -> {
            PreferenceRows.put(connection, database.dialect(), dated);
            requireFew(PreferenceRows.count(connection, dated.recipient()), dated.recipient());
            return dated;
        });
        empty.added();
        return stored;
    }

    private static void requireFew(int count, String recipient) {
        if (count > MOST) {
            throw new IllegalArgumentException(recipient + " has " + MOST + " preferences, the most; remove one first");
        }
    }

    @Override
    public int remove(String recipient, Optional<String> category, Optional<Channel> channel) {
        return database.autoCommit(
                connection -> PreferenceRows.delete(connection, Preference.folded(recipient), category, channel));
    }

    @Override
    public List<Preference> list(String recipient) {
        return database.read(connection -> PreferenceRows.list(connection, Preference.folded(recipient)));
    }

    @Override
    public List<Preference> applying(String recipient, Channel channel, Optional<String> category) {
        return empty.isEmpty(() -> database.read(connection -> PreferenceRows.isEmpty(connection, database.dialect())))
                ? List.of()
                : database.read(connection -> PreferenceRows.applying(
                        connection, Preference.folded(recipient), channel.name(), category.orElse("")));
    }
}
