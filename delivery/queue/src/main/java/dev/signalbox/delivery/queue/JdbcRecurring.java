package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Upsert;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Recurring messages over JDBC, in SQL that every database takes. */
final class JdbcRecurring implements RecurringMessages {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcRecurring.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST = 128 * 1024;
    private static final int BITE = 100;

    private static final String COLUMNS = "select name, cron, zone, message, next_at, last_at, problem";

    private static final String INSERT =
            "insert into delivery_recurring (name, cron, zone, message, next_at) values (?, ?, ?, ?, ?)";

    private static final String REPLACE = """
            cron = excluded.cron, zone = excluded.zone, message = excluded.message, next_at = excluded.next_at, problem = null
            """;

    private static final String DUE = COLUMNS + " from delivery_recurring where next_at <= ? order by next_at, name";

    private static final String ONE = COLUMNS + " from delivery_recurring where name = ?";

    /** Updates nothing if the row has changed since it was read: replaced by its owner, or moved on by another node. */
    private static final String MOVE_ON = """
            update delivery_recurring set next_at = ?, last_at = coalesce(?, last_at), problem = ?
            where name = ? and next_at = ?
            """;

    private final JdbcQueue queue;
    private final Database database;

    JdbcRecurring(JdbcQueue queue) {
        this.queue = queue;
        this.database = queue.database();
    }

    @Override
    public RecurringMessage put(String name, CronSchedule schedule, ZoneId zone, String message) {
        Limits.check(
                NAME.matcher(name).matches(),
                "name",
                "is not 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit");
        Limits.check(message.length() <= LONGEST, "message", "has more than " + LONGEST + " characters");
        Instant next = schedule.next(Micros.instant(queue.time().now()), zone);
        return JdbcQueue.guarded(() -> database.transact(connection -> {
            Limits.check(
                    others(connection, name) < MOST, "name", "would be one too many: there are " + MOST + " others");
            Upsert.of(database.dialect(), INSERT, "name", REPLACE)
                    .run(connection, name, schedule.toString(), zone.getId(), message, Micros.of(next));
            return one(connection, name).orElseThrow();
        }));
    }

    private static int others(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select count(*) from delivery_recurring where name <> ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public List<RecurringMessage> list() {
        return JdbcQueue.guarded(() -> database.read(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement(COLUMNS + " from delivery_recurring order by name")) {
                return read(statement);
            }
        }));
    }

    @Override
    public Optional<RecurringMessage> find(String name) {
        return JdbcQueue.guarded(() -> database.read(connection -> one(connection, name)));
    }

    private static Optional<RecurringMessage> one(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ONE)) {
            statement.setString(1, name);
            return read(statement).stream().findFirst();
        }
    }

    @Override
    public boolean remove(String name) {
        return JdbcQueue.guarded(() -> database.transact(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("delete from delivery_recurring where name = ?")) {
                statement.setString(1, name);
                return statement.executeUpdate() == 1;
            }
        }));
    }

    @Override
    public Optional<Instant> next() {
        return JdbcQueue.guarded(() -> database.read(connection -> {
            try (PreparedStatement statement =
                            connection.prepareStatement("select coalesce(min(next_at), 0) from delivery_recurring");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return Micros.optional(row.getLong(1));
            }
        }));
    }

    /**
     * What one node is about to do with a due message.
     *
     * @param time the last one that has come
     * @param reach what to enqueue; empty if there is a problem
     */
    private record Turn(
            RecurringMessage due, Instant time, Instant next, Optional<Reach> reach, Optional<String> problem) {}

    /** The reader runs before the transaction: it may use the database, and SQLite has one connection that writes. */
    @Override
    public int enqueueDue(Function<RecurringMessage, Reach> reader) {
        return JdbcQueue.guarded(() -> {
            long now = queue.time().now();
            List<Turn> turns = due(now).stream()
                    .map(one -> turn(one, reader, Micros.instant(now)))
                    .toList();
            return turns.isEmpty() ? 0 : database.<Integer>transact(connection -> take(connection, turns));
        });
    }

    private List<RecurringMessage> due(long now) {
        return database.read(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement(DUE + database.dialect().limit(BITE))) {
                statement.setLong(1, now);
                return read(statement);
            }
        });
    }

    private static Turn turn(RecurringMessage due, Function<RecurringMessage, Reach> reader, Instant now) {
        Instant time = due.schedule().last(due.nextAt(), now, due.zone());
        Instant next = due.schedule().next(time, due.zone());
        try {
            Reach reach = reader.apply(due).withDedupeKey(key(due.name(), time));
            return new Turn(due, time, next, Optional.of(reach), Optional.empty());
        } catch (DatabaseException | DeliveryQueueException e) {
            throw e; // Nothing is wrong with the message: all that is due stays so.
        } catch (RuntimeException e) {
            LOG.warn("recurring message {} was left out at {}", due.name(), time, e);
            String problem = Limits.fitted(String.valueOf(e.getMessage()));
            return new Turn(due, time, next, Optional.empty(), Optional.of(problem));
        }
    }

    private static String key(String name, Instant time) {
        return "recurring:" + name + ":" + time;
    }

    /** Nodes that read the same messages update them in the same order, so they cannot deadlock; the later one updates nothing. */
    private int take(Connection connection, List<Turn> turns) throws SQLException {
        List<Reach> reaches = new ArrayList<>();
        int taken = 0;
        for (Turn turn : turns) {
            if (moveOn(connection, turn)) {
                taken++;
                turn.reach().ifPresent(reaches::add);
            }
        }
        queue.enqueueIn(connection, reaches);
        return taken;
    }

    private static boolean moveOn(Connection connection, Turn turn) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MOVE_ON)) {
            statement.setLong(1, Micros.of(turn.next()));
            Rows.bindTime(statement, 2, turn.reach().isPresent() ? Micros.of(turn.time()) : Micros.NONE);
            statement.setString(3, turn.problem().orElse(null));
            statement.setString(4, turn.due().name());
            statement.setLong(5, Micros.of(turn.due().nextAt()));
            return statement.executeUpdate() == 1;
        }
    }

    private static List<RecurringMessage> read(PreparedStatement statement) throws SQLException {
        List<RecurringMessage> found = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(new RecurringMessage(
                        row.getString("name"),
                        CronSchedule.parse(row.getString("cron")),
                        RecipientTime.zone(row.getString("zone")),
                        row.getString("message"),
                        Micros.instant(row.getLong("next_at")),
                        Micros.optional(row.getLong("last_at")),
                        Optional.ofNullable(row.getString("problem"))));
            }
        }
        return found;
    }
}
