package dev.signalbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An insert that changes the row that is there already. One statement, but on SQL Server, whose only one (MERGE) has races: there
 * an update, and an insert where that finds no row. Immutable, thread-safe.
 */
public final class Upsert {
    private static final Pattern INSERT =
            Pattern.compile("\\s*insert into (\\w+) \\(([^)]*)\\)\\s*values \\(([^)]*)\\)\\s*");

    private static final Pattern EXCLUDED = Pattern.compile("\\bexcluded\\.(\\w+)");

    private static final int ROUNDS = 10;

    /** A statement, and which of the values each of its parameters is. */
    private record Step(String sql, List<Integer> parameters) {
        int run(Connection connection, Object... values) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, values[parameters.get(i)]);
                }
                return statement.executeUpdate();
            }
        }
    }

    /** Each runs if the one before changed no row. */
    private final List<Step> steps;

    private Upsert(Step... steps) {
        this.steps = List.of(steps);
    }

    /**
     * Makes one.
     *
     * @param insert such as {@code insert into tally (name, n) values (?, 1)}
     * @param key the columns of the key, comma-separated; each is a parameter of the insert
     * @param changes such as {@code n = tally.n + excluded.n}: {@code excluded} has the values that were to be inserted. MySQL
     *     makes them in their order, each seeing those before it
     */
    public static Upsert of(Dialect dialect, String insert, String key, String changes) {
        Matcher parts = INSERT.matcher(insert);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not an insert of one row: " + insert);
        }
        List<String> columns = names(parts.group(2));
        List<String> values = names(parts.group(3));
        return switch (dialect) {
            case POSTGRESQL, SQLITE ->
                new Upsert(inserting(insert.strip() + " on conflict (" + key + ") do update set " + changes, values));
            case MYSQL ->
                new Upsert(inserting(
                        insert.strip() + " on duplicate key update "
                                + EXCLUDED.matcher(changes).replaceAll("values($1)"),
                        values));
            case SQLSERVER ->
                new Upsert(
                        updating(parts.group(1), columns, values, names(key), changes),
                        inserting(dialect.ifAbsent(insert), values));
        };
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }

    private static Step inserting(String sql, List<String> values) {
        int parameters = (int) values.stream().filter("?"::equals).count();
        return new Step(sql, IntStream.range(0, parameters).boxed().toList());
    }

    private static Step updating(
            String table, List<String> columns, List<String> values, List<String> key, String changes) {
        List<Integer> parameters = new ArrayList<>();
        String set = EXCLUDED.matcher(changes).replaceAll(excluded -> value(excluded, columns, values, parameters));
        List<String> where = new ArrayList<>();
        for (String column : key) {
            where.add(column + " = " + value(column, columns, values, parameters));
        }
        return new Step("update " + table + " set " + set + " where " + String.join(" and ", where), parameters);
    }

    private static String value(
            MatchResult excluded, List<String> columns, List<String> values, List<Integer> parameters) {
        return Matcher.quoteReplacement(value(excluded.group(1), columns, values, parameters));
    }

    /** What the insert has for a column: a parameter, which is noted, or a literal. */
    private static String value(String column, List<String> columns, List<String> values, List<Integer> parameters) {
        int place = columns.indexOf(column);
        if (place < 0) {
            throw new IllegalArgumentException("the insert has no column " + column);
        }
        String value = values.get(place);
        if (value.equals("?")) {
            parameters.add(
                    (int) values.subList(0, place).stream().filter("?"::equals).count());
        }
        return value;
    }

    /**
     * Inserts or changes the row.
     *
     * @param values of the parameters of the insert, none null
     */
    public void run(Connection connection, Object... values) throws SQLException {
        // Race: another may insert the row behind the update, and the insert then finds it; or it comes and goes in
        // between.
        for (int round = 0; round < ROUNDS; round++) {
            for (Step step : steps) {
                if (step.run(connection, values) > 0 || steps.size() == 1) {
                    return;
                }
            }
        }
        throw new SQLException("the row comes and goes: it was neither found nor inserted");
    }
}
