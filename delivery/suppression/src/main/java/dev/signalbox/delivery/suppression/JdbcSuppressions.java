package dev.signalbox.delivery.suppression;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.Channel;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The list in a database, with a memory of whether it has any entry at all: as long as it has none, attempts cost no query.
 */
final class JdbcSuppressions implements SuppressionList {
    private static final String MODULE = "suppression";
    private static final String FOLDER = "dev/signalbox/delivery/suppression";
    private static final int MOST = 1_000;
    private static final int SECRET_BYTES = 32;

    private final Database database;
    private final InstantSource clock;
    private final EmptyTable empty = new EmptyTable();

    private JdbcSuppressions(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    static SuppressionList open(Database database, InstantSource clock) {
        migrate(database);
        return new JdbcSuppressions(database, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcSuppressions.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcSuppressions.class.getClassLoader());
    }

    @Override
    public boolean add(Suppression entry) {
        boolean added = database.autoCommit(
                connection -> SuppressionRows.insert(connection, database.dialect(), entry.withSince(clock.instant())));
        empty.added();
        return added;
    }

    @Override
    public int remove(Selection entries) {
        if (entries.address().isEmpty()) {
            throw new IllegalArgumentException("name the address whose entries are to be removed");
        }
        return database.autoCommit(connection -> SuppressionRows.delete(connection, entries));
    }

    @Override
    public Page list(Selection entries, Optional<String> after, int most) {
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("most is " + most + "; it must be 1 to " + MOST);
        }
        Optional<SuppressionRows.Place> place = after.map(SuppressionRows.Place::parse);
        List<Suppression> found = database.read(
                connection -> SuppressionRows.list(connection, database.dialect(), entries, place, most + 1));
        List<Suppression> items = found.stream().limit(most).toList();
        return new Page(
                items,
                found.size() > most
                        ? Optional.of(SuppressionRows.Place.of(items.getLast()).toString())
                        : Optional.empty());
    }

    @Override
    public List<Suppression> holding(Channel channel, String address, Optional<String> category) {
        return empty.isEmpty(() -> database.read(connection -> SuppressionRows.isEmpty(connection, database.dialect())))
                ? List.of()
                : database.read(connection -> SuppressionRows.holding(
                        connection, channel, Suppression.folded(channel, address), category.orElse("")));
    }

    @Override
    public UnsubscribeLinks links(URI base) {
        var random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        String offered = Base64.getEncoder().encodeToString(random);
        String secret =
                database.transact(connection -> SuppressionRows.secret(connection, database.dialect(), offered));
        return new UnsubscribeLinks(base, secret.getBytes(StandardCharsets.US_ASCII));
    }
}
