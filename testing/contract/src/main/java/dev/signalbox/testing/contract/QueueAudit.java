package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Checks in the tables what must always hold, whatever a test did. */
final class QueueAudit {
    private static final String LEASED_POSTGRESQL = """
            select e.id from delivery_lease l cross join unnest(l.ids, l.attempts) as e (id, attempt)
            where not exists (select from delivery_outcome o where o.id = e.id and o.attempt = e.attempt + 1)
            """;

    private final Database database;

    QueueAudit(Database database) {
        this.database = database;
    }

    void check() {
        String leased =
                database.dialect() == Dialect.POSTGRESQL ? LEASED_POSTGRESQL : "select id from delivery_lease_entry";
        String places = """
                select id, 'ready' as place from delivery_ready
                union all select id, 'later' from delivery_later
                union all select id, 'dead' from delivery_dead
                union all select id, 'sent' from delivery_outcome where state = 'SENT'
                union all select id, 'leased' from (%s) l
                """.formatted(leased);
        none("every reach is in exactly one place", """
                select m.id, count(p.id) from delivery_message m left join (%s) p on p.id = m.id
                group by m.id having count(p.id) <> 1
                """.formatted(places));
        none(
                "nothing is queued without its message",
                "select p.place from (%s) p where p.id not in (select id from delivery_message)".formatted(places));
        none(
                "histories have no gaps",
                "select id, count(*) from delivery_outcome group by id having max(attempt) <> count(*)");
        none("the tally is right", """
                select t.state, t.n, c.n
                from (select state, sum(n) as n from delivery_tally group by state) t
                left join (
                    select state, count(*) as n from delivery_dead group by state
                    union all
                    select 'SENT', count(*) from delivery_outcome where state = 'SENT') c on c.state = t.state
                where t.n <> coalesce(c.n, 0)
                """);
    }

    private void none(String rule, String violations) {
        List<String> violating = database.read(connection -> rows(connection, violations));
        assertThat(violating).as(rule).isEmpty();
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    text.append(row.getString(i)).append(' ');
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }
}
