package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.Reach;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The queue of an application: what is enqueued while one of its transactions is under way on the calling thread becomes part of
 * that transaction. All else does not: finding, cancelling and changing go through connections of the queue's own. Thread-safe.
 */
final class TransactionalQueue extends WrappedQueue {
    private static final String FOREIGN =
            "a transaction is under way that is none of the DataSource of the queue, so the"
                    + " message could not be rolled back with it. Use a transaction manager of that DataSource (JDBC or JPA), or"
                    + " enqueue outside of the transaction (Propagation.NOT_SUPPORTED)";

    private final @Nullable DataSource source;

    /**
     * Makes one over a queue.
     *
     * @param plain as {@link DeliveryQueue#on} opened it
     * @param source of the application's transactions; null if none of them can be joined
     */
    TransactionalQueue(DeliveryQueue plain, @Nullable DataSource source) {
        super(plain);
        this.source = source;
    }

    @Override
    public Receipt enqueue(Reach reach) {
        return joining(connection -> plain().enqueue(connection, reach)).orElseGet(() -> plain().enqueue(reach));
    }

    @Override
    public List<Receipt> enqueueAll(List<Reach> reaches) {
        return joining(connection -> plain().enqueueAll(connection, reaches))
                .orElseGet(() -> plain().enqueueAll(reaches));
    }

    /** Empty if there is no transaction to join. */
    private <T> Optional<T> joining(Function<Connection, T> work) {
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
