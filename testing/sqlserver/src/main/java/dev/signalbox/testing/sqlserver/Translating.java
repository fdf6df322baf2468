package dev.signalbox.testing.sqlserver;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** JDBC objects of H2 that are told {@link TransactSql}, and whose failures have the numbers of SQL Server. */
final class Translating {
    private static final int DUPLICATE_OF_SQL_SERVER = 2_627;
    private static final int SNAPSHOT_OF_SQL_SERVER = 4_096;
    private static final int SNAPSHOT_OF_H2 = 6;

    private static final Map<Integer, Integer> NUMBERS = Map.of(
            23_505, DUPLICATE_OF_SQL_SERVER,
            40_001, 1_205, // deadlock
            90_131, 1_205, // changed by another transaction
            50_200, 1_222); // waited too long for a lock

    private Translating() {}

    static Connection connection(Connection h2) {
        return proxy(Connection.class, (method, arguments) -> switch (method.getName()) {
            case "createStatement" -> statement((Statement) made(h2, method, arguments));
            case "prepareStatement" -> {
                TransactSql sql = TransactSql.of(String.valueOf(arguments[0]));
                yield prepared((PreparedStatement) made(h2, method, with(arguments, sql.sql())), sql.passesOver());
            }
            case "setTransactionIsolation" ->
                Objects.equals(arguments[0], SNAPSHOT_OF_SQL_SERVER)
                        ? call(h2, method, SNAPSHOT_OF_H2)
                        : call(h2, method, arguments);
            case "getMetaData" -> metaData((DatabaseMetaData) made(h2, method));
            default -> call(h2, method, arguments);
        });
    }

    /** One that only makes connections. */
    static DataSource dataSource(String name) {
        return proxy(DataSource.class, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                throw new SQLFeatureNotSupportedException(method.getName());
            }
            return StandIn.connect(name);
        });
    }

    /** Flyway has to see what it really is, since it talks to SQL Server in words of its own. */
    private static DatabaseMetaData metaData(DatabaseMetaData h2) {
        return proxy(
                DatabaseMetaData.class,
                (method, arguments) -> method.getName().equals("getDatabaseProductName") && !isAskedByFlyway()
                        ? "Microsoft SQL Server"
                        : call(h2, method, arguments));
    }

    private static boolean isAskedByFlyway() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith("org.flywaydb.")));
    }

    private static Statement statement(Statement h2) {
        return proxy(Statement.class, (method, arguments) -> {
            boolean told = arguments.length > 0 && arguments[0] instanceof String;
            return call(
                    h2,
                    method,
                    told
                            ? with(
                                    arguments,
                                    TransactSql.of(String.valueOf(arguments[0])).sql())
                            : arguments);
        });
    }

    private static PreparedStatement prepared(PreparedStatement h2, boolean passesOver) {
        return proxy(PreparedStatement.class, (method, arguments) -> {
            if (method.getName().equals("setObject") && arguments[1] instanceof String text) {
                return call(h2, method, arguments[0], text.replace("![", "[")); // A bracket is nothing special here.
            }
            try {
                return call(h2, method, arguments);
            } catch (SQLException e) {
                if (!passesOver || e.getErrorCode() != DUPLICATE_OF_SQL_SERVER) {
                    throw e;
                }
                return e instanceof BatchUpdateException batch ? counts(batch) : Integer.valueOf(0);
            }
        });
    }

    /** Those that failed have none. */
    private static int[] counts(BatchUpdateException batch) {
        return Arrays.stream(batch.getUpdateCounts()).map(n -> Math.max(n, 0)).toArray();
    }

    private static @Nullable Object[] with(@Nullable Object[] arguments, String first) {
        @Nullable Object[] changed = arguments.clone();
        changed[0] = first;
        return changed;
    }

    @FunctionalInterface
    private interface Handler {
        @Nullable
        Object handle(Method method, @Nullable Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        InvocationHandler invocation =
                (proxy, method, arguments) -> handler.handle(method, arguments == null ? new Object[0] : arguments);
        return type.cast(Proxy.newProxyInstance(Translating.class.getClassLoader(), new Class<?>[] {type}, invocation));
    }

    private static @Nullable Object call(Object h2, Method method, @Nullable Object... arguments) throws SQLException {
        try {
            return method.invoke(h2, arguments);
        } catch (InvocationTargetException e) {
            throw translated(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object made(Object h2, Method method, @Nullable Object... arguments) throws SQLException {
        return Objects.requireNonNull(call(h2, method, arguments));
    }

    private static SQLException translated(@Nullable Throwable failure) {
        if (failure instanceof BatchUpdateException batch) {
            SQLException first = translated(batch.getNextException());
            return new BatchUpdateException(
                    first.getMessage(), first.getSQLState(), first.getErrorCode(), batch.getUpdateCounts());
        }
        if (failure instanceof SQLException sql) {
            int number = NUMBERS.getOrDefault(sql.getErrorCode(), sql.getErrorCode());
            return new SQLException(sql.getMessage(), sql.getSQLState(), number);
        }
        throw new IllegalStateException(failure);
    }
}
