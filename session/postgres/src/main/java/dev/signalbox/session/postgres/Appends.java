package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Appends a batch in one statement. The rows of its sessions are locked in the order of their names, so no two batches wait for each
 * other in a circle. The row that remembers the batch comes last: a repetition waits for the first at the session's row, and then
 * fails on the batch's key as a whole. Thread-safe.
 */
final class Appends {
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String APPEND = """
            with head as (
                insert into session_head as h (session, begin, first, last, first_at, last_at)
                select session, ?, ?, ? + n - 1, ?, ? from unnest(?::text[], ?::bigint[]) as t (session, n)
                on conflict (session) do update
                set last = h.last + excluded.last - excluded.first + 1, last_at = greatest(h.last_at, excluded.last_at)
                returning session, last, last_at
            ), event as (
                insert into session_event (number, at, session, payload)
                select head.last - e.back, head.last_at, e.session, e.payload
                from unnest(?::text[], ?::bigint[], ?::bytea[]) as e (session, back, payload) join head using (session)
            ), batch as (
                insert into session_batch (at, id, sessions, lasts, ats)
                select ?, ?, array_agg(session), array_agg(last), array_agg(last_at) from head
            )
            select session, last, last_at from head
            """;

    private static final String REMEMBERED =
            "select t.* from session_batch, unnest(sessions, lasts, ats) as t (session, last, at) where id = ?";

    private record Head(String session, long last, Instant at) {
        static Head of(ResultSet row) throws SQLException {
            return new Head(row.getString(1), row.getLong(2), Micros.instant(row.getLong(3)));
        }
    }

    private final Database database;

    Appends(Database database) {
        this.database = database;
    }

    List<Place> append(Append batch) {
        Map<String, Integer> sizes = new TreeMap<>();
        batch.entries().forEach(entry -> sizes.merge(entry.session(), 1, Integer::sum));
        long[] backs = backs(batch.entries(), sizes);
        List<Head> heads = database.autoCommit(connection -> insert(connection, batch, sizes, backs));
        Map<String, Head> bySession = new HashMap<>();
        heads.forEach(head -> bySession.put(head.session(), head));
        List<Place> places = new ArrayList<>(backs.length);
        for (int i = 0; i < backs.length; i++) {
            Head head =
                    Objects.requireNonNull(bySession.get(batch.entries().get(i).session()));
            places.add(new Place(head.last() - backs[i], head.at()));
        }
        return places;
    }

    /** For each entry, how many of its session come after it. */
    private static long[] backs(List<Entry> entries, Map<String, Integer> sizes) {
        Map<String, Integer> left = new HashMap<>(sizes);
        return entries.stream()
                .mapToLong(entry -> left.merge(entry.session(), -1, Integer::sum))
                .toArray();
    }

    private static List<Head> insert(Connection connection, Append batch, Map<String, Integer> sizes, long[] backs)
            throws SQLException {
        long at = Micros.of(batch.at());
        try (Query query = Query.of(connection, APPEND)) {
            long first = batch.firstOffset();
            return query.with(first)
                    .with(first)
                    .with(first)
                    .with(at)
                    .with(at)
                    .with(sizes.keySet().toArray(String[]::new))
                    .with(sizes.values().stream().mapToLong(size -> size).toArray())
                    .with(batch.entries().stream().map(Entry::session).toArray(String[]::new))
                    .with(backs)
                    .with(batch.entries().stream().map(Entry::payload).toArray(byte[][]::new))
                    .with(at)
                    .with(batch.id())
                    .list(Head::of);
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return remembered(connection, batch, e);
            }
            throw e;
        }
    }

    private static List<Head> remembered(Connection connection, Append batch, SQLException cause) throws SQLException {
        try (Query query = Query.of(connection, REMEMBERED)) {
            List<Head> heads = query.with(batch.id()).list(Head::of);
            if (heads.isEmpty()) {
                throw cause;
            }
            return heads;
        }
    }
}
