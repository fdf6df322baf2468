package dev.signalbox.llm;

import dev.signalbox.llm.LlmBudgetStore.Charge;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The changes of an account's row, in the words of a kind of database. Thread-safe. */
enum BudgetRows {
    /** PostgreSQL and SQLite. */
    STANDARD("postgresql") {
        @Override
        boolean addIfItFits(Connection connection, Charge charge) throws SQLException {
            return update(
                            connection,
                            ADD_ON_CONFLICT + " WHERE budget.tokens <= ? AND budget.nanos <= ?",
                            charge.account(),
                            charge.tokens(),
                            charge.nanos(),
                            end(charge),
                            charge.tokenLimit() - charge.tokens(),
                            charge.nanoLimit() - charge.nanos())
                    == 1;
        }

        @Override
        void add(Connection connection, Charge charge) throws SQLException {
            update(connection, ADD_ON_CONFLICT, charge.account(), charge.tokens(), charge.nanos(), end(charge));
        }
    },

    /** MariaDB, too. Their insert cannot refuse to change a row that is there, so the row is made, and locked, before. */
    MYSQL("mysql") {
        @Override
        boolean addIfItFits(Connection connection, Charge charge) throws SQLException {
            update(connection, ADD_ON_DUPLICATE, charge.account(), 0L, 0L, end(charge));
            return changeIfItFits(connection, charge);
        }

        @Override
        void add(Connection connection, Charge charge) throws SQLException {
            update(connection, ADD_ON_DUPLICATE, charge.account(), charge.tokens(), charge.nanos(), end(charge));
        }
    },

    /** Its one statement that inserts or changes (MERGE) has races, so a row that is not there is made before it is changed. */
    SQLSERVER("sqlserver") {
        @Override
        boolean addIfItFits(Connection connection, Charge charge) throws SQLException {
            if (changeIfItFits(connection, charge)) {
                return true;
            }
            update(connection, INSERT_IF_ABSENT, charge.account(), 0L, 0L, end(charge));
            return changeIfItFits(connection, charge);
        }

        @Override
        void add(Connection connection, Charge charge) throws SQLException {
            if (!change(connection, charge)) {
                update(connection, INSERT_IF_ABSENT, charge.account(), 0L, 0L, end(charge));
                change(connection, charge);
            }
        }
    };

    private static final String INSERT = " (account, tokens, nanos, window_end) VALUES (?, ?, ?, ?)";
    private static final String ADD_ON_CONFLICT = "INSERT INTO signalbox_llm_budget AS budget" + INSERT
            + " ON CONFLICT (account) DO UPDATE"
            + " SET tokens = budget.tokens + excluded.tokens, nanos = budget.nanos + excluded.nanos";
    private static final String ADD_ON_DUPLICATE = "INSERT INTO signalbox_llm_budget" + INSERT
            + " ON DUPLICATE KEY UPDATE tokens = tokens + VALUES(tokens), nanos = nanos + VALUES(nanos)";
    private static final String INSERT_IF_ABSENT = "BEGIN TRY INSERT INTO signalbox_llm_budget" + INSERT
            + "; END TRY BEGIN CATCH IF ERROR_NUMBER() NOT IN (2601, 2627) THROW; END CATCH";
    private static final String CHANGE =
            "UPDATE signalbox_llm_budget SET tokens = tokens + ?, nanos = nanos + ? WHERE account = ?";

    private final String folder;

    BudgetRows(String folder) {
        this.folder = folder;
    }

    /** Those of the database that a connection leads to. */
    static BudgetRows of(Connection connection) throws SQLException {
        return switch (connection.getMetaData().getDatabaseProductName()) {
            case "MySQL", "MariaDB" -> MYSQL;
            case "Microsoft SQL Server" -> SQLSERVER;
            default -> STANDARD;
        };
    }

    /** The script that makes the table, in the folder of this package. */
    String table() {
        return folder + "/V1__budget.sql";
    }

    /** Adds a charge to its account unless that would exceed a limit; returns whether it was added. */
    abstract boolean addIfItFits(Connection connection, Charge charge) throws SQLException;

    /** Adds a charge to its account, whatever the limits. */
    abstract void add(Connection connection, Charge charge) throws SQLException;

    /** Returns whether there was a row, and the charge fits. */
    private static boolean changeIfItFits(Connection connection, Charge charge) throws SQLException {
        return update(
                        connection,
                        CHANGE + " AND tokens <= ? AND nanos <= ?",
                        charge.tokens(),
                        charge.nanos(),
                        charge.account(),
                        charge.tokenLimit() - charge.tokens(),
                        charge.nanoLimit() - charge.nanos())
                == 1;
    }

    /** Returns whether there was a row. */
    private static boolean change(Connection connection, Charge charge) throws SQLException {
        return update(connection, CHANGE, charge.tokens(), charge.nanos(), charge.account()) == 1;
    }

    private static long end(Charge charge) {
        return charge.windowEnd().toEpochMilli();
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
