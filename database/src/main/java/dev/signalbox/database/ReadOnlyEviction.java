package dev.signalbox.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** A connection to a server that takes no writes leaves the pool: the next one may reach the server that does. */
record ReadOnlyEviction(DatabaseConfig config) implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
        return Failures.failureKind(config, e) == FailureKind.READ_ONLY
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
