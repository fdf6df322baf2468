package dev.signalbox.testing.sqlserver;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Databases in the memory of this process that know some functions and views of SQL Server. They last as long as the process. */
public final class StandIn {
    private static final String SETTINGS = ";MODE=MSSQLServer;DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=FALSE;"
            + "CASE_INSENSITIVE_IDENTIFIERS=TRUE;LOCK_TIMEOUT=20000";

    private static final String[] BEGINNING = {
        alias("sysutcdatetime", "now"),
        alias("db_id", "id"),
        alias("db_name", "name"),
        alias("databasepropertyex", "property"),
        alias("datalength", "bytes"),
        alias("unicode", "first"),
        "create schema sys",
        "create table sys.databases (database_id int, snapshot_isolation_state int, is_read_committed_snapshot_on bit)",
        "insert into sys.databases values (1, 1, 1)"
    };

    /** Guarded by itself. */
    private static final Set<String> MADE = new HashSet<>();

    private StandIn() {}

    private static String alias(String function, String method) {
        return "create alias " + function + " for '" + StandIn.class.getName() + "." + method + "'";
    }

    /**
     * Connects to the database of a name, and makes it if it is not there.
     *
     * @return a connection that takes what this project says to SQL Server
     */
    public static Connection connect(String name) throws SQLException {
        String place = "jdbc:h2:mem:" + name + SETTINGS;
        synchronized (MADE) {
            if (!MADE.contains(name)) {
                make(place);
                MADE.add(name);
            }
        }
        return Translating.connection(DriverManager.getConnection(place));
    }

    /** Makes connections as {@link #connect} does, and can do nothing else. */
    public static DataSource dataSource(String name) {
        return Translating.dataSource(name);
    }

    private static void make(String place) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place);
                Statement statement = connection.createStatement()) {
            for (String sql : BEGINNING) {
                statement.execute(sql);
            }
        }
    }

    /** The function {@code sysutcdatetime}. */
    public static LocalDateTime now() {
        return LocalDateTime.now(ZoneOffset.UTC);
    }

    /** The function {@code db_id}. */
    public static int id() {
        return 1;
    }

    /** The function {@code db_name}. */
    public static String name() {
        return "stand-in";
    }

    /** The function {@code databasepropertyex}, of which only the property Updateability is asked for. */
    public static String property(String database, String property) {
        return "READ_WRITE";
    }

    /** The function {@code datalength} of a text: two bytes a character. */
    public static @Nullable Integer bytes(@Nullable String text) {
        return text == null ? null : 2 * text.length();
    }

    /** The function {@code unicode}: the first character of a text. */
    public static @Nullable Integer first(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Integer.valueOf(text.charAt(0));
    }
}
