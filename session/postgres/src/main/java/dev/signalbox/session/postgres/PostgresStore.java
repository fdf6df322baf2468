package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.database.Migration;
import dev.signalbox.session.bus.EpochMicros;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads and appends in one statement each, so in one round trip. Thread-safe. */
final class PostgresStore implements SessionStore {
    private static final String MODULE = "session";
    private static final String SCRIPTS = "dev/signalbox/session/postgres";

    private static final String READ = """
            select c.place,
                coalesce(h.begin, (select min(number) from session_event where session = c.session)),
                greatest(l.number, h.last), coalesce(l.batch, h.batch),
                e.number, e.batch, e.at, e.headers, e.payload
            from unnest(?::text[], ?::bigint[]) with ordinality as c (session, after, place)
            left join session_head h on h.session = c.session
            left join lateral (
                select number, batch from session_event where session = c.session order by number desc limit 1
            ) l on true
            left join lateral (
                select number, batch, at, headers, payload from session_event
                where session = c.session and number > c.after order by number limit ?
            ) e on true
            where l.number is not null or h.last > 0
            order by c.place, e.number
            """;

    private static final String HEADS = """
            select c.session, greatest(l.number, h.last), coalesce(l.batch, h.batch)
            from unnest(?::text[]) as c (session)
            left join session_head h on h.session = c.session
            left join lateral (
                select number, batch from session_event where session = c.session order by number desc limit 1
            ) l on true
            where l.number is not null or h.last > 0
            """;

    private static final String SESSIONS =
            "select session from session_head where session > ? order by session limit ?";

    /** The head goes last: as long as it is there, the session is known, and deleting it can be repeated. */
    private static final String DELETE_EVENTS = """
            delete from session_event where session = ? and number <= (
                select max(number) from (select number from session_event where session = ? order by number limit 10000) e)
            """;

    private static final String DELETE_HEAD = """
            with groups as (delete from session_group where session = ?)
            delete from session_head where session = ?
            """;

    private final Database database;
    private final InstantSource clock;
    private final Connections connections;
    private final Appends appends;
    private final GroupDocuments groups;
    private final Trimmer trimmer;
    private final PostgresNotifier notifier;

    private PostgresStore(Database database, Retention retention, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        this.connections = new Connections(database);
        this.appends = new Appends(database);
        this.groups = new GroupDocuments(connections);
        this.trimmer = new Trimmer(connections, retention);
        this.notifier = new PostgresNotifier(connections);
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
        trimmer.touch(batch.entries().stream().map(Entry::session).toList());
        notifier.changed(batch, places);
        return places;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return guarded(() -> connections.use(connection -> read(connection, cursors, limit)));
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
        private EventId last = EventId.NONE;

        boolean add(ResultSet row) throws SQLException {
            begin = row.getLong(2);
            last = id(row, 3);
            return row.getObject(5) != null
                    && events.add(new Stored(
                            row.getLong(5),
                            row.getObject(6, UUID.class),
                            EpochMicros.instant(row.getLong(7)),
                            row.getString(8),
                            row.getBytes(9)));
        }

        Slice slice() {
            return new Slice(events, begin, last);
        }
    }

    private static EventId id(ResultSet row, int column) throws SQLException {
        return new EventId(row.getLong(column), row.getObject(column + 1, UUID.class));
    }

    @Override
    public Map<String, EventId> heads(Collection<String> sessions) {
        Map<String, EventId> heads = new HashMap<>();
        guarded(() -> connections.use(connection -> {
            try (Query query = Query.of(connection, HEADS)) {
                return query.with(sessions.toArray(String[]::new)).list(row -> {
                    heads.put(row.getString(1), id(row, 2));
                    return true;
                });
            }
        }));
        return heads;
    }

    @Override
    public List<String> sessions(String after, int limit) {
        return guarded(() -> connections.use(connection -> {
            try (Query query = Query.of(connection, SESSIONS)) {
                return query.with(after).with(limit).list(row -> row.getString(1));
            }
        }));
    }

    @Override
    public void delete(String session) {
        int removed;
        do {
            removed = change(DELETE_EVENTS, session);
        } while (removed > 0);
        change(DELETE_HEAD, session);
    }

    private int change(String sql, String session) {
        return guarded(() -> connections.use(connection -> {
            try (Query query = Query.of(connection, sql)) {
                return query.with(session).with(session).run();
            }
        }));
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        return PostgresNotifications.open(database, listener, liveness);
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        return guarded(() -> groups.find(key));
    }

    @Override
    public boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        return guarded(() -> groups.replace(key, expected, document));
    }

    @Override
    public long trim(Instant now) {
        return guarded(() -> trimmer.trim(now));
    }
}
