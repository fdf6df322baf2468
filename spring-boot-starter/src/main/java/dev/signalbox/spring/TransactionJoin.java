package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Works within the application's transactions. Thread-safe.
 *
 * @param source of these transactions; null if none of them can be joined
 */
record TransactionJoin(@Nullable DataSource source) {
    private static final String FOREIGN =
            "a transaction is under way that is none of the DataSource of the queue, so the"
                    + " message could not be rolled back with it. Use a transaction manager of that DataSource (JDBC or JPA), or"
                    + " enqueue outside of the transaction (Propagation.NOT_SUPPORTED)";

    /** Works in the transaction that is under way on the calling thread; empty if there is none to join. */
    <T> Optional<T> joining(Function<Connection, T> work) {
        return source != null && TransactionSynchronizationManager.isActualTransactionActive()
                ? Optional.of(join(source, work))
                : Optional.empty();
    }

    /**
     * A transaction manager of this DataSource has bound its connection to the thread and turned auto-commit off. Otherwise Spring
     * would hand out a connection on which the message is committed at once, or never.
     */
    private static <T> T join(DataSource source, Function<Connection, T> work) {
        if (!TransactionSynchronizationManager.hasResource(source)) {
            throw new IllegalTransactionStateException(FOREIGN);
        }
        Connection connection = DataSourceUtils.getConnection(source);
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalTransactionStateException(FOREIGN);
            }
            return work.apply(connection);
        } catch (SQLException e) {
            throw new DeliveryQueueException("the transaction's connection does not answer", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, source);
        }
    }
}
