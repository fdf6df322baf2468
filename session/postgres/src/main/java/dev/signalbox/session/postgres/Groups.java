package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.session.bus.SessionStore.Claim;
import dev.signalbox.session.bus.SessionStore.ClaimRequest;
import dev.signalbox.session.bus.SessionStore.Claimed;
import dev.signalbox.session.bus.SessionStore.Claims;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hands out events. A claim locks its group's row first; each statement after that sees what the claim before it did. An attempt's
 * number is its fence: whoever takes an event over raises it. Thread-safe.
 */
final class Groups {
    /** Not before the session is there, so that no group outlives all sessions. */
    private static final String CREATE = """
            insert into session_group (session, name, position)
            select session, ?, ? from session_head where session = ?
            on conflict do nothing
            """;

    private static final String LOCK = "select position from session_group where session = ? and name = ? for update";

    private static final String FORGET_TRIMMED = """
            delete from session_claim where session = ? and name = ?
            and number < (select first from session_head where session = ?)
            """;

    private static final String TAKE_AGAIN = """
            with again as (
                update session_claim set attempt = attempt + 1, until = ?
                where session = ? and name = ? and number = any (array(
                    select number from session_claim
                    where session = ? and name = ? and (until is null or until <= ?)
                    order by number limit ?))
                returning number, attempt
            )
            select e.number, e.at, e.payload, again.attempt
            from again join session_event e on e.session = ? and e.number = again.number
            order by e.number
            """;

    private static final String TAKE_FRESH = """
            with fresh as (
                select number, at, payload from session_event where session = ? and number > ? order by number limit ?
            ), held as (
                insert into session_claim (number, until, attempt, session, name)
                select number, ?, 1, ?, ? from fresh
            ), moved as (
                update session_group set position = (select max(number) from fresh)
                where session = ? and name = ? and exists (select from fresh)
            )
            select number, at, payload, 1 from fresh order by number
            """;

    private static final String ACKNOWLEDGE = """
            delete from session_claim c using unnest(?::bigint[], ?::bigint[]) as d (number, attempt)
            where c.session = ? and c.name = ? and c.number = d.number and c.attempt = d.attempt and c.until is not null
            returning c.number
            """;

    private static final String RELEASE = """
            update session_claim c set until = null from unnest(?::bigint[], ?::bigint[]) as d (number, attempt)
            where c.session = ? and c.name = ? and c.number = d.number and c.attempt = d.attempt
            """;

    private final Database database;

    Groups(Database database) {
        this.database = database;
    }

    Claims claim(ClaimRequest request) {
        return database.transact(connection -> {
            create(connection, request);
            List<Long> position = lock(connection, request.group());
            return position.isEmpty()
                    ? new Claims(List.of(), request.startAfter())
                    : claim(connection, request, position.getFirst());
        });
    }

    private static void create(Connection connection, ClaimRequest request) throws SQLException {
        try (Query query = Query.of(connection, CREATE)) {
            query.with(request.group().group())
                    .with(request.startAfter())
                    .with(request.group().session())
                    .run();
        }
    }

    private static List<Long> lock(Connection connection, GroupKey group) throws SQLException {
        try (Query query = Query.of(connection, LOCK)) {
            return query.with(group.session()).with(group.group()).list(row -> row.getLong(1));
        }
    }

    private static Claims claim(Connection connection, ClaimRequest request, long position) throws SQLException {
        forgetTrimmed(connection, request.group());
        List<Claimed> claimed = new ArrayList<>(takeAgain(connection, request));
        if (claimed.size() < request.max()) {
            claimed.addAll(takeFresh(connection, request, position, request.max() - claimed.size()));
        }
        return new Claims(claimed, position);
    }

    private static void forgetTrimmed(Connection connection, GroupKey group) throws SQLException {
        try (Query query = Query.of(connection, FORGET_TRIMMED)) {
            query.with(group.session())
                    .with(group.group())
                    .with(group.session())
                    .run();
        }
    }

    private static List<Claimed> takeAgain(Connection connection, ClaimRequest request) throws SQLException {
        String session = request.group().session();
        String name = request.group().group();
        try (Query query = Query.of(connection, TAKE_AGAIN)) {
            return query.with(Micros.of(request.until()))
                    .with(session)
                    .with(name)
                    .with(session)
                    .with(name)
                    .with(Micros.of(request.now()))
                    .with(request.max())
                    .with(session)
                    .list(row -> new Claimed(PostgresStore.stored(row, 1), row.getInt(4)));
        }
    }

    private static List<Claimed> takeFresh(Connection connection, ClaimRequest request, long position, int max)
            throws SQLException {
        String session = request.group().session();
        String name = request.group().group();
        try (Query query = Query.of(connection, TAKE_FRESH)) {
            return query.with(session)
                    .with(position)
                    .with(max)
                    .with(Micros.of(request.until()))
                    .with(session)
                    .with(name)
                    .with(session)
                    .with(name)
                    .list(row -> {
                        Stored stored = PostgresStore.stored(row, 1);
                        return new Claimed(stored, 1);
                    });
        }
    }

    Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return database.autoCommit(connection -> {
            try (Query query = claims(connection, ACKNOWLEDGE, group, claims)) {
                return new HashSet<>(query.list(row -> row.getLong(1)));
            }
        });
    }

    int release(GroupKey group, Collection<Claim> claims) {
        return database.autoCommit(connection -> {
            try (Query query = claims(connection, RELEASE, group, claims)) {
                return query.run();
            }
        });
    }

    private static Query claims(Connection connection, String sql, GroupKey group, Collection<Claim> claims)
            throws SQLException {
        return Query.of(connection, sql)
                .with(claims.stream().mapToLong(Claim::offset).toArray())
                .with(claims.stream().mapToLong(Claim::attempt).toArray())
                .with(group.session())
                .with(group.group());
    }
}
