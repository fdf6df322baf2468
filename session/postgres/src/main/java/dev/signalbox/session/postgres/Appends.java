package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.session.bus.EpochMicros;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Appends a batch in one statement, and writes nothing but the events and one row that remembers the batch. Each session goes on
 * after the last event that is visible. Of two appends that want the same number, the second waits until the first has committed, and
 * then fails on the primary key as a whole; it is done again, and from the second time on under locks by name. So a session's events
 * become visible in order, however long other transactions last. Two appends that begin a session, each with a number from its own
 * clock, meet on the key of its head. A repeated batch fails on its own key in the same way.
 *
 * <p>Sessions are inserted in the order of their names, so no two batches wait for each other in a circle. Thread-safe.
 */
final class Appends {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final int ATTEMPTS = 50;

    private static final String APPEND =
            "select begins, times, previous from session_append(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String REMEMBERED =
            "select firsts, ats, array_fill(null::uuid, array[cardinality(firsts)]) from session_batch where id = ?";

    private static final String LOCK =
            "select pg_advisory_xact_lock(hashtextextended(session, 20200101)) from unnest(?::text[]) as s (session)";

    private static final String LAST = """
            select coalesce(greatest(e.number, h.last), 0), coalesce(e.batch, h.batch, ?)
            from (select ?::text as session) w
            left join session_head h on h.session = w.session
            left join lateral (
                select number, batch from session_event where session = w.session order by number desc limit 1
            ) e on true
            """;

    /** Where a session went on. */
    private record Run(long first, Instant at, UUID previous) {
        /** Of all sessions, from one row; empty if the row has no arrays. */
        static List<Run> all(ResultSet row) throws SQLException {
            Array begins = row.getArray(1);
            return begins == null ? List.of() : all(begins, row.getArray(2), row.getArray(3));
        }

        private static List<Run> all(Array begins, Array times, Array previous) throws SQLException {
            Long[] first = (Long[]) begins.getArray();
            Long[] at = (Long[]) times.getArray();
            UUID[] batch = (UUID[]) previous.getArray();
            List<Run> runs = new ArrayList<>(first.length);
            for (int i = 0; i < first.length; i++) {
                runs.add(new Run(first[i], EpochMicros.instant(at[i]), batch[i] == null ? EventId.UNKNOWN : batch[i]));
            }
            return runs;
        }
    }

    private final Database database;
    private final KnownLasts known = new KnownLasts();

    Appends(Database database) {
        this.database = database;
    }

    List<Place> append(Append batch) {
        Sorted sorted = Sorted.of(batch);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<List<Run>> runs = attempt <= 2 ? attempt(sorted) : attemptLocked(sorted);
            if (runs.isPresent()) {
                List<Place> places = sorted.places(runs.get());
                known.learn(batch.entries(), places);
                return places;
            }
        }
        throw new SessionUnavailableException("too many others append to the same sessions", null);
    }

    /** Empty if others were faster. */
    private Optional<List<Run>> attempt(Sorted sorted) {
        try {
            return Optional.of(database.autoCommit(connection -> insert(connection, sorted)));
        } catch (DatabaseException e) {
            return afterConflict(sorted, e);
        }
    }

    private Optional<List<Run>> attemptLocked(Sorted sorted) {
        try {
            return Optional.of(database.transact(connection -> {
                try (Query query = Query.of(connection, LOCK)) {
                    query.with(sorted.sessions()).list(row -> true);
                }
                return insert(connection, sorted);
            }));
        } catch (DatabaseException e) {
            return afterConflict(sorted, e);
        }
    }

    /** Either the batch is there already, or one of its numbers is another's. */
    private Optional<List<Run>> afterConflict(Sorted sorted, DatabaseException conflict) {
        if (!(conflict.getCause() instanceof SQLException sql) || !UNIQUE_VIOLATION.equals(sql.getSQLState())) {
            throw conflict;
        }
        return database.autoCommit(
                connection -> remembered(connection, sorted.batch().id()));
    }

    private static Optional<List<Run>> remembered(Connection connection, UUID id) throws SQLException {
        try (Query query = Query.of(connection, REMEMBERED)) {
            return query.with(id).list(Run::all).stream().findFirst();
        }
    }

    private List<Run> insert(Connection connection, Sorted sorted) throws SQLException {
        Append batch = sorted.batch();
        long at = EpochMicros.of(batch.at());
        List<Run> runs;
        try (Query query = Query.of(connection, APPEND)) {
            runs = query.with(sorted.sessions())
                    .with(known.of(sorted.sessions()))
                    .with(batch.firstOffset())
                    .with(at)
                    .with(batch.id())
                    .with(EventId.UNKNOWN)
                    .with(batch.expected())
                    .with(sorted.places)
                    .with(sorted.numbers)
                    .with(sorted.headers())
                    .with(sorted.payloads())
                    .list(Run::all)
                    .getFirst();
        }
        return runs.isEmpty() ? unexpected(connection, sorted) : runs;
    }

    /** Either the session ends elsewhere than expected, or it does so since this batch was appended. */
    private static List<Run> unexpected(Connection connection, Sorted sorted) throws SQLException {
        Optional<List<Run>> known = remembered(connection, sorted.batch().id());
        if (known.isEmpty()) {
            sorted.batch().requireExpected(last(connection, sorted.sessions()[0]));
            throw new SQLException("the session changed twice at a time", UNIQUE_VIOLATION);
        }
        return known.get();
    }

    private static EventId last(Connection connection, String session) throws SQLException {
        try (Query query = Query.of(connection, LAST)) {
            return query.with(EventId.UNKNOWN)
                    .with(session)
                    .list(row -> new EventId(row.getLong(1), row.getObject(2, UUID.class)))
                    .getFirst();
        }
    }

    /** A batch with its sessions by number, in the order of their names. */
    private static final class Sorted {
        private final Append batch;
        private final String[] sessions;
        /** For each entry, the number of its session, from 1. */
        private final long[] places;
        /** For each entry, how many of its session come before it. */
        private final long[] numbers;

        private Sorted(Append batch, String[] sessions, long[] places, long[] numbers) {
            this.batch = batch;
            this.sessions = sessions;
            this.places = places;
            this.numbers = numbers;
        }

        static Sorted of(Append batch) {
            List<Entry> entries = batch.entries();
            String[] all = new String[entries.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = entries.get(i).session();
            }
            Arrays.sort(all);
            String[] names = withoutRepeats(all);
            long[] seen = new long[names.length];
            long[] places = new long[all.length];
            long[] within = new long[all.length];
            for (int i = 0; i < all.length; i++) {
                int place = Arrays.binarySearch(names, entries.get(i).session());
                places[i] = place + 1L;
                within[i] = seen[place]++;
            }
            return new Sorted(batch, names, places, within);
        }

        private static String[] withoutRepeats(String[] sorted) {
            int names = 0;
            for (String one : sorted) {
                if (names == 0 || !sorted[names - 1].equals(one)) {
                    sorted[names++] = one;
                }
            }
            return Arrays.copyOf(sorted, names);
        }

        Append batch() {
            return batch;
        }

        String[] sessions() {
            return sessions;
        }

        String[] headers() {
            String[] headers = new String[places.length];
            for (int i = 0; i < headers.length; i++) {
                headers[i] = batch.entries().get(i).headers();
            }
            return headers;
        }

        byte[][] payloads() {
            byte[][] payloads = new byte[places.length][];
            for (int i = 0; i < payloads.length; i++) {
                payloads[i] = batch.entries().get(i).payload();
            }
            return payloads;
        }

        List<Place> places(List<Run> runs) {
            List<Place> all = new ArrayList<>(places.length);
            for (int i = 0; i < places.length; i++) {
                Run run = runs.get((int) places[i] - 1);
                UUID previous = numbers[i] == 0 ? run.previous() : batch.id();
                all.add(new Place(run.first() + numbers[i], run.at(), previous));
            }
            return all;
        }
    }
}
