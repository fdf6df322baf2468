package dev.signalbox.delivery.queue;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a database can tell of a filter, as SQL over a message {@code m}. All that match fulfil it, but not only they: the
 * channel of a step that is over does, too.
 *
 * @param rows of the message's table
 * @param lowest the lowest id that is meant
 * @param highest the highest id that is meant
 * @param clauses parts of a where clause
 * @param arguments of the clauses: texts and times
 */
record Conditions(Rows rows, UUID lowest, UUID highest, List<String> clauses, List<Object> arguments) {
    static Conditions of(MessageFilter filter, Rows rows) {
        List<String> clauses = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        filter.channel().ifPresent(channel -> {
            clauses.add("(m.steps like ? or m.steps like ?)");
            arguments.add(channel.name() + ":%");
            arguments.add("%\n" + channel.name() + ":%");
        });
        filter.address().ifPresent(address -> {
            clauses.add("m.steps like ? escape '!'");
            arguments.add("%:" + rows.escaped(address) + "%");
        });
        filter.text().ifPresent(part -> {
            clauses.add(rows.like("m.body"));
            arguments.add("%" + rows.escaped(part) + "%");
        });
        filter.reason().ifPresent(part -> {
            clauses.add(rows.like(rows.last("error")));
            arguments.add("%" + rows.escaped(part) + "%");
        });
        filter.tag().ifPresent(tag -> {
            clauses.add("exists (select 1 from delivery_tag t where t.tag = ? and t.id = m.id)");
            arguments.add(tag);
        });
        filter.after().ifPresent(after -> {
            clauses.add("m.accepted_at >= ?");
            arguments.add(Micros.of(after));
        });
        filter.before().ifPresent(before -> {
            clauses.add("m.accepted_at < ?");
            arguments.add(Micros.of(before));
        });
        return new Conditions(rows, filter.lowestId(), filter.highestId(), clauses, arguments);
    }

    /** Whether the history says so: PENDING before its first line. */
    Conditions andRecorded(MessageState state) {
        return and("coalesce(" + rows.last("state") + ", 'PENDING') = '" + state + "'");
    }

    Conditions and(String clause) {
        List<String> all = new ArrayList<>(clauses);
        all.add(clause);
        return new Conditions(rows, lowest, highest, all, arguments);
    }

    String where() {
        return clauses.isEmpty() ? "1 = 1" : String.join(" and ", clauses);
    }

    /** Binds the arguments, and returns the next index. */
    int bind(PreparedStatement statement, int index) throws SQLException {
        int next = index;
        for (Object argument : arguments) {
            statement.setObject(next++, argument);
        }
        return next;
    }
}
