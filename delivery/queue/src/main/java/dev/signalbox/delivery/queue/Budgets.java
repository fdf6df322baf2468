package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.LaneLimits.Budget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * What is left of the limits of the cluster, in SQL that every database takes. What a claim is allowed and spends is here for
 * all but PostgreSQL, which has it in its own claim.
 */
final class Budgets {
    private static final String MAKE = "insert into delivery_budget (name, began, spent) values (?, 0, 0)";

    private static final String READ = "select began, spent from delivery_budget where name = ?";

    private static final String SPEND = "update delivery_budget set began = ?, spent = ? where name = ?";

    /** Only in the interval in which it was taken: what was not used of an earlier one is gone. */
    private static final String REFUND = """
            update delivery_budget set spent = spent - ?
            where name = ? and spent >= ? and began <= (select claimed_at from delivery_lease where id = ?)
            """;

    private Budgets() {}

    /** A row of the table as it stands. */
    private record Spent(long began, int spent) {
        boolean isOver(Budget budget, long now) {
            return began + budget.interval() <= now;
        }

        int left(Budget budget, long now) {
            return isOver(budget, now) ? budget.most() : budget.most() - spent;
        }
    }

    private static Spent read(Connection connection, Budget budget) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, budget.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Spent(row.getLong(1), row.getInt(2)) : new Spent(0, 0);
            }
        }
    }

    /** Makes the rows that are missing and locks all, in their order, so claims under one limit follow one another. */
    static void lock(Connection connection, Dialect dialect, List<Budget> budgets) throws SQLException {
        for (Budget budget : budgets) {
            if (!isLocked(connection, dialect, budget)) {
                try (PreparedStatement make = connection.prepareStatement(dialect.ifAbsent(MAKE))) {
                    make.setString(1, budget.name());
                    make.executeUpdate();
                }
                isLocked(connection, dialect, budget);
            }
        }
    }

    /** False if there is no such row. */
    private static boolean isLocked(Connection connection, Dialect dialect, Budget budget) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(dialect.forUpdate(READ))) {
            statement.setString(1, budget.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** How many of so many may be taken now, under {@link #lock}. */
    static int allowed(Connection connection, List<Budget> budgets, int wanted, long now) throws SQLException {
        int allowed = wanted;
        for (Budget budget : budgets) {
            allowed = Math.min(allowed, read(connection, budget).left(budget, now));
        }
        return Math.max(allowed, 0);
    }

    /** Under {@link #lock}. */
    static void spend(Connection connection, List<Budget> budgets, int taken, long now) throws SQLException {
        for (Budget budget : budgets) {
            Spent spent = read(connection, budget);
            boolean over = spent.isOver(budget, now);
            try (PreparedStatement statement = connection.prepareStatement(SPEND)) {
                statement.setLong(1, over ? now : spent.began());
                statement.setInt(2, over ? taken : spent.spent() + taken);
                statement.setString(3, budget.name());
                statement.executeUpdate();
            }
        }
    }

    /** When all of the budgets that are used up begin anew; {@link Micros#NONE} if none is used up. */
    static long opensAt(Connection connection, List<Budget> budgets, long now) throws SQLException {
        long opens = Micros.NONE;
        for (Budget budget : budgets) {
            Spent spent = read(connection, budget);
            if (spent.left(budget, now) <= 0) {
                opens = Math.max(opens, spent.began() + budget.interval());
            }
        }
        return opens;
    }

    /** Gives back what was claimed under a lease, which must stand, and is not sent. Returns how many budgets took it. */
    static int refund(Connection connection, Rows rows, List<Budget> budgets, int count, UUID lease)
            throws SQLException {
        int refunded = 0;
        for (Budget budget : budgets) {
            try (PreparedStatement statement = connection.prepareStatement(REFUND)) {
                statement.setInt(1, count);
                statement.setString(2, budget.name());
                statement.setInt(3, count);
                rows.bind(statement, 4, lease);
                refunded += statement.executeUpdate();
            }
        }
        return refunded;
    }
}
