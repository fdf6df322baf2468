package dev.signalbox.session.mongodb;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoWriteException;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.util.Set;
import java.util.function.Supplier;

/** The driver's exceptions in the terms of the SPI: what was refused was not done, for the rest nobody knows. */
final class Failures {
    static final int HISTORY_LOST = 286;
    static final int STREAM_FATAL = 280;
    static final int NAMESPACE_EXISTS = 48;
    private static final int DUPLICATE = 11_000;
    /**
     * Errors of a server that is up and cannot serve now: no primary, an election, a shutdown, no majority, time is up. The first two lines are
     * those that the driver's own retries go by.
     */
    private static final Set<Integer> PASSING = Set.of(
            6, 7, 89, 91, 133, 134, 189, 262, 9001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436, //
            50, 64, 79, 100, 202, 237, 246, 290, 317, 402);

    private Failures() {}

    static <R> R translating(Supplier<R> operation) {
        try {
            return operation.get();
        } catch (MongoException e) {
            throw translated(e);
        }
    }

    static SessionBusException translated(MongoException e) {
        return isRefusal(e)
                ? new SessionBusException("MongoDB refused: " + e.getMessage(), e)
                : new SessionUnavailableException("MongoDB is not available: " + e.getMessage(), e);
    }

    private static boolean isRefusal(MongoException e) {
        return switch (e) {
            case MongoNotPrimaryException _, MongoNodeIsRecoveringException _, MongoExecutionTimeoutException _ ->
                false;
            case MongoBulkWriteException bulk ->
                bulk.getWriteConcernError() == null
                        && bulk.getWriteErrors().stream().noneMatch(error -> PASSING.contains(error.getCode()));
            case MongoCommandException _, MongoWriteException _ -> !PASSING.contains(e.getCode());
            default -> false;
        };
    }

    /** Whether somebody else has put in the same, and nothing worse happened. */
    static boolean isDuplicate(MongoException e) {
        return switch (e) {
            case MongoBulkWriteException bulk ->
                bulk.getWriteConcernError() == null
                        && !bulk.getWriteErrors().isEmpty()
                        && bulk.getWriteErrors().stream().allMatch(error -> error.getCode() == DUPLICATE);
            default -> e.getCode() == DUPLICATE;
        };
    }
}
