package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.database.Migration;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads and appends in one statement each, so in one round trip; groups and trimming have their own classes. Thread-safe. */
final class PostgresStore implements SessionStore {
    private static final String MODULE = "session";
    private static final String SCRIPTS = "dev/signalbox/session/postgres";

    private static final String READ = """
            select c.place, h.begin, h.last, e.number, e.at, e.payload
            from unnest(?::text[], ?::bigint[]) with ordinality as c (session, after, place)
            join session_head h on h.session = c.session
            left join lateral (
                select number, at, payload from session_event
                where session = c.session and number > c.after order by number limit ?
            ) e on true
            order by c.place, e.number
            """;

    private static final String LAST = "select session, last from session_head where session = any (?::text[])";

    /** Times grow with the numbers. What is asked for is most often recent, so it is looked for from the end. */
    private static final String BEFORE = """
            select coalesce(
                (select number from session_event where session = ? and at < ? order by number desc limit 1),
                (select first - 1 from session_head where session = ?),
                0)
            """;

    private final Database database;
    private final InstantSource clock;
    private final Appends appends;
    private final Groups groups;
    private final Trimming trimming;
    private final Bell bell;

    private PostgresStore(Database database, Retention retention, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        this.appends = new Appends(database);
        this.groups = new Groups(database);
        this.trimming = new Trimming(database, retention);
        this.bell = new Bell(database);
    }

    static SessionStore open(Database database, Retention retention, InstantSource clock) {
        migrate(database);
        return new PostgresStore(database, retention, clock);
    }

    static void migrate(Database database) {
        guarded(() -> {
            database.migrate(MODULE, SCRIPTS, PostgresStore.class.getClassLoader());
            return database;
        });
    }

    static List<Migration> migrations(Database database) {
        return guarded(() -> database.migrations(MODULE, SCRIPTS, PostgresStore.class.getClassLoader()));
    }

    private static <R> R guarded(Supplier<R> work) {
        try {
            return work.get();
        } catch (DatabaseUnavailableException e) {
            throw new SessionUnavailableException(String.valueOf(e.getMessage()), e);
        } catch (DatabaseException e) {
            throw isRefusal(e)
                    ? new SessionBusException(String.valueOf(e.getMessage()), e)
                    : new SessionUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * PostgreSQL gives a reason's code with each refusal. What has none is about the way there, such as the pool's "connection is
     * closed", and leaves open what was done.
     */
    private static boolean isRefusal(DatabaseException e) {
        return !(e.getCause() instanceof SQLException sql) || sql.getSQLState() != null;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Place> append(Append batch) {
        List<Place> places = guarded(() -> appends.append(batch));
        bell.ring(batch, places);
        return places;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return guarded(() -> database.autoCommit(connection -> read(connection, cursors, limit)));
    }

    private static List<Slice> read(Connection connection, List<Cursor> cursors, int limit) throws SQLException {
        List<Found> found = Stream.generate(Found::new).limit(cursors.size()).toList();
        try (Query query = Query.of(connection, READ)) {
            query.with(cursors.stream().map(Cursor::session).toArray(String[]::new))
                    .with(cursors.stream().mapToLong(Cursor::after).toArray())
                    .with(limit)
                    .list(row -> found.get(row.getInt(1) - 1).add(row));
        }
        return found.stream().map(Found::slice).toList();
    }

    /** What is read for one cursor: a row for each event, or one without. */
    private static final class Found {
        private final List<Stored> events = new ArrayList<>();
        private long begin;
        private long last;

        boolean add(ResultSet row) throws SQLException {
            begin = row.getLong(2);
            last = row.getLong(3);
            return row.getObject(4) != null && events.add(stored(row, 4));
        }

        Slice slice() {
            return new Slice(events, begin, last);
        }
    }

    /** From the columns number, at, payload. */
    static Stored stored(ResultSet row, int column) throws SQLException {
        return new Stored(row.getLong(column), Micros.instant(row.getLong(column + 1)), row.getBytes(column + 2));
    }

    @Override
    public Map<String, Long> last(Collection<String> sessions) {
        Map<String, Long> last = new HashMap<>();
        guarded(() -> database.autoCommit(connection -> {
            try (Query query = Query.of(connection, LAST)) {
                return query.with(sessions.toArray(String[]::new))
                        .list(row -> last.put(row.getString(1), row.getLong(2)));
            }
        }));
        return last;
    }

    @Override
    public long before(String session, Instant since) {
        return guarded(() -> database.autoCommit(connection -> {
            try (Query query = Query.of(connection, BEFORE)) {
                return query.with(session).with(Micros.of(since)).with(session).number();
            }
        }));
    }

    @Override
    public Tail tail(TailListener listener) {
        return Ear.open(database, listener);
    }

    @Override
    public Claims claim(ClaimRequest request) {
        return guarded(() -> groups.claim(request));
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return guarded(() -> groups.acknowledge(group, claims));
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {
        guarded(() -> groups.release(group, claims));
    }

    @Override
    public long trim(Instant now) {
        return guarded(() -> trimming.trim(now));
    }
}
