package dev.signalbox.delivery.webhook;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Disabled;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Failure;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Standing;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements and rows of the endpoints' tables. Times are microseconds since 1970. */
final class EndpointRows {
    private static final String SELECT = """
            select e.id, e.url, e.description, e.created_at, e.disabled_at, e.disabled_cause, e.disabled_reason, e.failures,
                   e.failing_since, e.last_failure_at, e.last_failure, e.last_success_at,
                   k.secret, k.created_at as key_created_at, k.until
            from (select * from webhook_endpoint where %s) e
            join webhook_key k on k.endpoint = e.id and (k.until is null or k.until > ?)
            order by e.id, k.number desc
            """;
    private static final String ONE = SELECT.formatted("id = ?");

    private EndpointRows() {}

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    static Optional<WebhookEndpoint> find(Connection connection, String id, long now) throws SQLException {
        return query(connection, ONE, id, now).stream().findFirst();
    }

    static List<WebhookEndpoint> list(Connection connection, Dialect dialect, String after, int most, long now)
            throws SQLException {
        return query(connection, SELECT.formatted("id > ? order by id" + dialect.limit()), after, most, now);
    }

    /** Runs a statement that changes rows; returns how many. */
    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** The number that a query yields. */
    static int number(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException | Error e) {
            statement.close();
            throw e;
        }
    }

    private static List<WebhookEndpoint> query(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<WebhookEndpoint> endpoints = new ArrayList<>();
            while (rows.next()) {
                add(endpoints, rows);
            }
            return endpoints;
        }
    }

    /** A row for each key; those of one endpoint follow one another. */
    private static void add(List<WebhookEndpoint> endpoints, ResultSet row) throws SQLException {
        WebhookEndpoint.Key key = new WebhookEndpoint.Key(
                WebhookKey.parse(row.getString("secret")),
                instant(row, "key_created_at").orElseThrow(),
                instant(row, "until"));
        String id = row.getString("id");
        if (endpoints.isEmpty() || !endpoints.getLast().id().equals(id)) {
            endpoints.add(endpoint(row, List.of(key)));
            return;
        }
        List<WebhookEndpoint.Key> keys = new ArrayList<>(endpoints.removeLast().keys());
        keys.add(key);
        endpoints.add(endpoint(row, keys));
    }

    private static WebhookEndpoint endpoint(ResultSet row, List<WebhookEndpoint.Key> keys) throws SQLException {
        String cause = row.getString("disabled_cause");
        String reason = row.getString("disabled_reason");
        return new WebhookEndpoint(
                row.getString("id"),
                URI.create(row.getString("url")),
                row.getString("description"),
                instant(row, "created_at").orElseThrow(),
                keys,
                instant(row, "disabled_at").map(since -> new Disabled(since, Cause.valueOf(cause), reason)),
                standing(row));
    }

    private static Standing standing(ResultSet row) throws SQLException {
        String failure = row.getString("last_failure");
        return new Standing(
                row.getInt("failures"),
                instant(row, "failing_since"),
                instant(row, "last_failure_at").map(at -> new Failure(at, failure)),
                instant(row, "last_success_at"));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
}
