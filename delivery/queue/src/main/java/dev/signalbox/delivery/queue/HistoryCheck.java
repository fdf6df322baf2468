package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Proves from the tables that the queue kept its promises: nothing lost, nothing in two places, nothing recorded twice or by
 * the holder of a lease that another node had taken over, and nothing sent again but where its policy allows. It reads one
 * snapshot, changes nothing, and may be run beside a working queue. It reads every message: on large tables give it time.
 */
public final class HistoryCheck {
    private static final int MOST_EXAMPLES = 20;

    private static final String LEASED_POSTGRESQL = """
            select e.id from delivery_lease l cross join unnest(l.ids, l.attempts) as e (id, attempt)
            where not exists (select from delivery_outcome o where o.id = e.id and o.attempt = e.attempt + 1)
            """;

    private static final String PLACES = """
            select id, 'ready' as place from delivery_ready
            union all select id, 'later' from delivery_later
            union all select id, 'dead' from delivery_dead
            union all select id, 'sent' from delivery_outcome where state = 'SENT'
            union all select id, 'leased' from (LEASED) l
            """;

    private static final String ONE_PLACE = """
            select m.id, count(p.id) from delivery_message m left join (PLACES) p on p.id = m.id
            group by m.id having count(p.id) <> 1
            """;

    private static final String NO_MESSAGE = """
            select p.id, p.place from (PLACES) p left join delivery_message m on m.id = p.id where m.id is null
            """;

    private static final String GAPS = """
            select id, count(*) from delivery_outcome group by id having max(attempt) <> count(*) or min(attempt) <> 1
            """;

    private static final String AFTER_SENT = """
            select o.id, n.result from delivery_outcome o
            join delivery_outcome n on n.id = o.id and n.attempt > o.attempt where o.state = 'SENT'
            """;

    private static final String AFTER_END = """
            select o.id, n.result from delivery_outcome o
            join delivery_outcome n on n.id = o.id and n.attempt = o.attempt + 1
            where o.state in ('UNKNOWN', 'DEAD', 'REJECTED', 'EXPIRED', 'CANCELLED')
              and n.result not in ('REVIVED', 'REKEYED', 'ARRIVED', 'NOT_ARRIVED')
            """;

    private static final String DOUBT_PASSED_ON = """
            select d.id, n.step from delivery_outcome d
            join delivery_outcome n on n.id = d.id and n.attempt > d.attempt and n.step > d.step
            where d.result = 'UNKNOWN' and not exists (
                select 1 from delivery_outcome p where p.id = d.id and p.attempt > d.attempt and p.attempt <= n.attempt
                and p.result in ('REJECTED', 'NOT_ARRIVED', 'REVIVED', 'REKEYED'))
            """;

    /**
     * A sender's line after one in doubt on the same step, without a person in between, with the end and length of both. A line in
     * doubt that took no time may be that of a message which was not attempted again, since it was too late for that.
     */
    private static final String REPEATS = """
            select d.id, m.steps, d.step, d.at as first_at, d.millis as first_millis, n.at, n.millis
            from delivery_outcome d
            join delivery_outcome n on n.id = d.id and n.attempt > d.attempt and n.step = d.step
            join delivery_message m on m.id = d.id
            where d.result = 'UNKNOWN'
              and (n.result in ('ACCEPTED', 'NOT_SENT', 'REJECTED') or (n.result = 'UNKNOWN' and n.millis > 0))
              and not exists (
                select 1 from delivery_outcome p where p.id = d.id and p.attempt > d.attempt and p.attempt < n.attempt
                and p.result in ('NOT_ARRIVED', 'REVIVED', 'REKEYED'))
            """;

    private static final String TALLY = """
            select t.state, t.n from (select state, sum(n) as n from delivery_tally group by state) t
            left join (
                select state, count(*) as n from delivery_dead group by state
                union all
                select 'SENT', count(*) from delivery_outcome where state = 'SENT') c on c.state = t.state
            where t.n <> coalesce(c.n, 0)
            """;

    private static final String TAG_OF_NOTHING = """
            select t.id, t.tag from delivery_tag t left join delivery_message m on m.id = t.id
            where m.id is null or m.tags is null
            """;

    private static final String COUNTS =
            "select (select count(*) from delivery_message), (select count(*) from delivery_outcome)";

    /**
     * Something that must not be.
     *
     * @param rule the promise that was broken
     * @param count how often
     * @param examples ids of messages with what was found, at most 20
     */
    public record Violation(String rule, long count, List<String> examples) {
        public Violation {
            examples = List.copyOf(examples);
        }
    }

    /** What was read, and what was wrong with it. */
    public record Report(long messages, long attempts, List<Violation> violations) {
        public Report {
            violations = List.copyOf(violations);
        }

        public boolean isClean() {
            return violations.isEmpty();
        }
    }

    private final Database database;
    private final Rows rows;
    private final Map<Channel, Duration> keyLifetimes;

    private HistoryCheck(Database database, Map<Channel, Duration> keyLifetimes) {
        this.database = database;
        this.rows = new Rows(database.dialect());
        this.keyLifetimes = Map.copyOf(keyLifetimes);
    }

    /**
     * Checks the queue of a database.
     *
     * @param keyLifetimes how long the providers of channels recognise a repeated key; repeats on other channels are not judged
     * @throws DeliveryQueueException if the database fails
     */
    public static Report run(Database database, Map<Channel, Duration> keyLifetimes) {
        try {
            return database.read(new HistoryCheck(database, keyLifetimes)::report);
        } catch (DatabaseException e) {
            throw JdbcQueue.translate(e);
        }
    }

    private Report report(Connection connection) throws SQLException {
        String places = PLACES.replace(
                "LEASED",
                database.dialect() == Dialect.POSTGRESQL ? LEASED_POSTGRESQL : "select id from delivery_lease_entry");
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("every message is in exactly one place", ONE_PLACE.replace("PLACES", places));
        rules.put("nothing is queued without its message", NO_MESSAGE.replace("PLACES", places));
        rules.put("every tag has its message", TAG_OF_NOTHING);
        rules.put("histories have no gaps", GAPS);
        rules.put("nothing follows SENT", AFTER_SENT);
        rules.put("only a person goes on after an end", AFTER_END);
        rules.put("doubt does not pass on to the next step", DOUBT_PASSED_ON);
        List<Violation> violations = new ArrayList<>();
        for (Map.Entry<String, String> rule : rules.entrySet()) {
            add(violations, rule.getKey(), examples(connection, rule.getValue()));
        }
        add(violations, "a key is repeated only while its provider knows it", lateRepeats(connection));
        add(violations, "the tally is right", tally(connection));
        return counted(connection, violations);
    }

    private static void add(List<Violation> violations, String rule, List<String> found) {
        if (!found.isEmpty()) {
            violations.add(new Violation(rule, found.size(), found.subList(0, Math.min(MOST_EXAMPLES, found.size()))));
        }
    }

    private static Report counted(Connection connection, List<Violation> violations) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COUNTS)) {
            row.next();
            return new Report(row.getLong(1), row.getLong(2), violations);
        }
    }

    private List<String> examples(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> examples = new ArrayList<>();
            while (row.next()) {
                examples.add(rows.id(row, "id") + " " + row.getString(2));
            }
            return examples;
        }
    }

    private List<String> lateRepeats(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(REPEATS)) {
            List<String> late = new ArrayList<>();
            while (row.next()) {
                Channel channel = Rows.channel(row.getString("steps"), row.getInt("step"));
                Duration lifetime = keyLifetimes.get(channel);
                if (lifetime != null && isLate(row, lifetime)) {
                    late.add(rows.id(row, "id") + " " + channel);
                }
            }
            return late;
        }
    }

    /**
     * Where a provider recognises no repeat, every one is too late, also one that seems to have begun before the first attempt: that
     * may have been dated by a clock that was ahead.
     */
    private static boolean isLate(ResultSet row, Duration lifetime) throws SQLException {
        long firstBegan = row.getLong("first_at") - row.getLong("first_millis") * 1_000;
        long repeatBegan = row.getLong("at") - row.getLong("millis") * 1_000;
        return lifetime.isZero() || repeatBegan - firstBegan >= Micros.of(lifetime);
    }

    private static List<String> tally(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TALLY)) {
            List<String> wrong = new ArrayList<>();
            while (row.next()) {
                wrong.add(row.getString(1) + " " + row.getString(2));
            }
            return wrong;
        }
    }
}
