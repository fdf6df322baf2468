package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.Store.Completion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Records verdicts on PostgreSQL: all of a batch in one statement, so in one round trip and by one snapshot. It must be one: a node that
 * is frozen between two would keep the leases locked, and others could not rescue them. So the outcomes are not copied, though that
 * would log less (see {@link BinaryCopy}).
 */
final class PostgresCompletion {
    /**
     * Updating or deleting the lease locks it, so a rescue either waits for these outcomes or leaves none to record. Outcomes are inserted
     * in the order of their key, so that few pages of its index are split in the middle.
     */
    private static final String COMPLETE = """
            with kept as (
                update delivery_lease l set open = l.open - k.n
                from unnest(?::uuid[], ?::integer[]) as k (id, n) where l.id = k.id
                returning l.id
            ), gone as (
                delete from delivery_lease where id = any (?::uuid[]) returning id
            ), held as (
                select id from kept union all select id from gone
            ), good as materialized (
                select i.* from unnest(?::uuid[], ?::uuid[], ?::integer[], ?::smallint[], ?::text[], ?::text[], ?::text[],
                                       ?::text[], ?::text[], ?::bigint[], ?::integer[], ?::bigint[])
                    as i (lease, id, attempt, step, lane, result, state, provider_id, error, at, millis, next_at)
                join held on held.id = i.lease
            ), recorded as (
                insert into delivery_outcome (at, next_at, id, attempt, millis, step, result, state, provider_id, error)
                select at, next_at, id, attempt, millis, step, result, state, provider_id, error from good order by id
            ), buried as (
                insert into delivery_dead (at, id, attempt, state, reason)
                select at, id, attempt, state, error from good where next_at is null and state <> 'SENT'
            ), counted as (
                insert into delivery_tally (n, shard, channel, state)
                select count(*), ?, lane, state from good where next_at is null group by lane, state order by lane, state
                on conflict (shard, channel, state) do update set n = delivery_tally.n + excluded.n
            ), ended as (
                update delivery_batch_message m set state = g.state
                from good g
                where exists (select from delivery_batch where completed_at is null)
                  and g.next_at is null and m.id = g.id and m.state is null
                returning m.batch, g.at
            ), batched as (
                update delivery_batch b
                set remaining = b.remaining - e.n, completed_at = case when b.remaining = e.n then e.at end
                from (select batch, count(*)::integer as n, max(at) as at from ended group by batch order by batch) e
                where b.id = e.batch and b.completed_at is null
            )%s
            select id from held
            """;

    private static final String QUEUE_AGAIN = """
            , again as (
                select n.* from unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::integer[],
                                       ?::smallint[], ?::smallint[], ?::smallint[], ?::text[])
                    as n (lease, id, run_at, deadline, unsure_since, attempt, priority, step, tried, lane)
                join held on held.id = n.lease
            ), due as (
                insert into delivery_ready (run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane)
                select run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane
                from again where run_at <= ?
            ), waiting as (
                insert into delivery_later (run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane)
                select run_at, deadline, unsure_since, id, attempt, priority, step, tried, lane
                from again where run_at > ?
            )
            """;

    private static final String REDACT = """
            , redacted as (
                update delivery_message m set body = U&'\\001Aredacted'
                from good where good.state = 'SENT' and m.id = good.id
            )
            """;

    private static final String COMPLETE_ENDED = COMPLETE.formatted("");
    private static final String COMPLETE_ALL = COMPLETE.formatted(QUEUE_AGAIN);
    private static final String COMPLETE_ENDED_REDACTING = COMPLETE.formatted(REDACT);
    private static final String COMPLETE_ALL_REDACTING = COMPLETE.formatted(QUEUE_AGAIN + REDACT);

    private PostgresCompletion() {}

    /**
     * As {@link Store#complete} says.
     *
     * @param redacting whether the bodies of those that were sent go
     */
    static Set<UUID> complete(
            Connection connection,
            List<Completion> completions,
            Set<UUID> finished,
            int shard,
            long now,
            boolean redacting)
            throws SQLException {
        Map<UUID, Integer> kept = new HashMap<>();
        completions.forEach(completion -> kept.merge(completion.lease(), 1, Integer::sum));
        Set<UUID> stale = new HashSet<>(kept.keySet()); // until they turn out to stand
        kept.keySet().removeAll(finished);
        List<Completion> again =
                completions.stream().filter(c -> c.verdict().next() != null).toList();
        try (PreparedStatement statement = connection.prepareStatement(sql(!again.isEmpty(), redacting))) {
            Arguments in = new Arguments(connection, statement);
            in.uuids(kept.keySet(), id -> id);
            in.ints(kept.values(), n -> n);
            in.uuids(finished, id -> id);
            in.uuids(completions, Completion::lease);
            outcomes(in, completions.stream().map(c -> c.verdict().outcome()).toList());
            in.ints(shard);
            if (!again.isEmpty()) {
                in.uuids(again, Completion::lease);
                tickets(in, again.stream().map(c -> next(c.verdict())).toList());
                in.longs(now, now);
            }
            stale.removeAll(PostgresStore.ids(statement));
            return stale;
        }
    }

    private static String sql(boolean again, boolean redacting) {
        if (redacting) {
            return again ? COMPLETE_ALL_REDACTING : COMPLETE_ENDED_REDACTING;
        }
        return again ? COMPLETE_ALL : COMPLETE_ENDED;
    }

    private static Ticket next(Verdict verdict) {
        Ticket next = verdict.next();
        if (next == null) {
            throw new IllegalStateException("a verdict of " + verdict.outcome().state() + " has no next ticket");
        }
        return next;
    }

    private static void outcomes(Arguments in, List<Outcome> outcomes) throws SQLException {
        in.uuids(outcomes, Outcome::id);
        in.ints(outcomes, Outcome::attempt);
        in.smalls(outcomes, Outcome::step);
        in.texts(outcomes, outcome -> outcome.channel().name());
        in.texts(outcomes, outcome -> outcome.result().name());
        in.texts(outcomes, outcome -> outcome.state().name());
        in.texts(outcomes, Outcome::providerId);
        in.texts(outcomes, Outcome::error);
        in.longs(outcomes, Outcome::at);
        in.ints(outcomes, Outcome::millis);
        in.times(outcomes, Outcome::nextAt);
    }

    private static void tickets(Arguments in, List<Ticket> tickets) throws SQLException {
        in.uuids(tickets, Ticket::id);
        in.longs(tickets, Ticket::runAt);
        in.times(tickets, Ticket::deadline);
        in.times(tickets, Ticket::unsureSince);
        in.ints(tickets, Ticket::attempt);
        in.smalls(tickets, Ticket::priority);
        in.smalls(tickets, Ticket::step);
        in.smalls(tickets, Ticket::tried);
        in.texts(tickets, ticket -> ticket.lane().name());
    }
}
