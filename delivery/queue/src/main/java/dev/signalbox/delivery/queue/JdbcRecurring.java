package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
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
import org.jspecify.annotations.Nullable;
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

    private static final String DUE =
            COLUMNS + " from delivery_recurring where next_at <= ? order by next_at, name limit " + BITE;

    /** Only what was due is moved on: an owner may have replaced it meanwhile. */
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
        JdbcQueue.guarded(() -> database.transact(connection -> {
            Limits.check(
                    others(connection, name) < MOST, "name", "would be one too many: there are " + MOST + " others");
            String put = database.dialect().orUpdate(INSERT, "name", REPLACE);
            try (PreparedStatement statement = connection.prepareStatement(put)) {
                statement.setString(1, name);
                statement.setString(2, schedule.toString());
                statement.setString(3, zone.getId());
                statement.setString(4, message);
                statement.setLong(5, Micros.of(next));
                return statement.executeUpdate();
            }
        }));
        return new RecurringMessage(name, schedule, zone, message, next, Optional.empty(), Optional.empty());
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
        return list().stream().filter(one -> one.name().equals(name)).findFirst();
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

    @Override
    public int enqueueDue(Function<RecurringMessage, Reach> reader) {
        return JdbcQueue.guarded(() -> database.transact(connection -> {
            long now = queue.time().now();
            List<RecurringMessage> due = due(connection, now);
            for (RecurringMessage one : due) {
                enqueue(connection, one, reader, now);
            }
            return due.size();
        }));
    }

    /** Those that another node has in hand are left to it. Where it failed, they are still due. */
    private List<RecurringMessage> due(Connection connection, long now) throws SQLException {
        String due = DUE + database.dialect().forUpdateSkipLocked();
        try (PreparedStatement statement = connection.prepareStatement(due)) {
            statement.setLong(1, now);
            return read(statement);
        }
    }

    /** Of several times that have passed, the last counts. */
    private void enqueue(
            Connection connection, RecurringMessage due, Function<RecurringMessage, Reach> reader, long now)
            throws SQLException {
        Instant time = due.nextAt();
        Instant next = due.schedule().next(time, due.zone());
        while (Micros.of(next) <= now) {
            time = next;
            next = due.schedule().next(time, due.zone());
        }
        String problem = null;
        try {
            Reach reach = reader.apply(due).withDedupeKey(key(due.name(), time));
            queue.enqueueAll(connection, List.of(reach));
        } catch (IllegalArgumentException e) {
            problem = Limits.fitted(String.valueOf(e.getMessage()));
            LOG.warn("recurring message {} was left out at {}: {}", due.name(), time, problem);
        }
        moveOn(connection, due, problem == null ? Micros.of(time) : Micros.NONE, Micros.of(next), problem);
    }

    private static String key(String name, Instant time) {
        return "recurring:" + name + ":" + time;
    }

    private static void moveOn(
            Connection connection, RecurringMessage due, long lastAt, long next, @Nullable String problem)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MOVE_ON)) {
            statement.setLong(1, next);
            Rows.bindTime(statement, 2, lastAt);
            statement.setString(3, problem);
            statement.setString(4, due.name());
            statement.setLong(5, Micros.of(due.nextAt()));
            statement.executeUpdate();
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
