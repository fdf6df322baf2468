package dev.signalbox.llm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * Budgets in a database, for nodes that share them: PostgreSQL, MariaDB, MySQL, SQL Server (not verified live), or SQLite from 3.24. Two
 * short transactions an attempt. Rows of windows that have ended are deleted when the next begins. Thread-safe.
 */
public final class JdbcBudgetStore implements LlmBudgetStore {
    /**
     * The folder of the table's migrations on the class path, with one each for {@code postgresql}, {@code mysql},
     * {@code sqlserver} and {@code sqlite}: for those who have all their tables made by one tool, such as Flyway.
     */
    public static final String MIGRATIONS = "dev/signalbox/llm";

    private static final String USED = "SELECT tokens, nanos FROM signalbox_llm_budget WHERE account = ?";
    private static final String FORGET = "DELETE FROM signalbox_llm_budget WHERE window_end < ?";

    private final DataSource source;
    private final AtomicLong window = new AtomicLong(Long.MIN_VALUE);

    private JdbcBudgetStore(DataSource source) {
        this.source = source;
    }

    /** Expects the table that {@link #createTable} or the {@link #MIGRATIONS} make. */
    public static JdbcBudgetStore of(DataSource source) {
        return new JdbcBudgetStore(source);
    }

    /**
     * Makes the table {@code signalbox_llm_budget} unless it is there.
     *
     * @throws IllegalStateException if the database refuses
     */
    public void createTable() {
        inTransaction(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(script(BudgetRows.of(connection).table()));
            }
        });
    }

    private static String script(String name) {
        try (var in = Objects.requireNonNull(JdbcBudgetStore.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Used> reserve(List<Charge> charges) {
        forgetEndedWindows(charges);
        return inTransaction(connection -> {
            for (Charge charge : inOrder(charges)) {
                if (!addIfItFits(connection, charge)) {
                    connection.rollback();
                    return Optional.of(used(connection, charge.account()));
                }
            }
            return Optional.empty();
        });
    }

    /** Deadlock: each transaction locks its accounts in the same order. */
    private static List<Charge> inOrder(List<Charge> charges) {
        return charges.stream().sorted(Comparator.comparing(Charge::account)).toList();
    }

    /** A window is kept for as long as it took after its end, for nodes whose clocks are behind. */
    private void forgetEndedWindows(List<Charge> charges) {
        for (Charge charge : charges) {
            long end = charge.windowEnd().toEpochMilli();
            long before = window.getAndAccumulate(end, Math::max);
            if (before < end && before != Long.MIN_VALUE) {
                Instant ended = Instant.ofEpochMilli(before);
                inTransaction(connection -> {
                    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
                        forget.setLong(1, ended.toEpochMilli());
                        return forget.executeUpdate();
                    }
                });
            }
        }
    }

    private static boolean addIfItFits(Connection connection, Charge charge) throws SQLException {
        if (charge.tokens() > charge.tokenLimit() || charge.nanos() > charge.nanoLimit()) {
            return false;
        }
        return BudgetRows.of(connection).addIfItFits(connection, charge);
    }

    private static Used used(Connection connection, String account) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(USED)) {
            select.setString(1, account);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Used(account, row.getLong(1), row.getLong(2)) : new Used(account, 0, 0);
            }
        }
    }

    @Override
    public void correct(List<Charge> charges) {
        inTransaction(connection -> {
            for (Charge charge : inOrder(charges)) {
                BudgetRows.of(connection).add(connection, charge);
            }
            return charges.size();
        });
    }

    /** What is done in one transaction. */
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(before);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the budgets' database failed: " + e.getMessage(), e);
        }
    }
}
