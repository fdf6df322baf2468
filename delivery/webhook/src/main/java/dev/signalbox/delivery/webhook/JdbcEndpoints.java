package dev.signalbox.delivery.webhook;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Endpoints in a database, with a memory of those that were asked for lately. */
final class JdbcEndpoints implements WebhookEndpoints {
    private static final String MODULE = "webhook";
    private static final String FOLDER = "dev/signalbox/delivery/webhook";
    private static final Duration RECENT = Duration.ofSeconds(1);
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration SUCCESS_EVERY = Duration.ofMinutes(1);
    private static final int LONGEST_REASON = 500;

    /** What was found, or that nothing was, in {@link System#nanoTime()}. */
    private record Seen(Optional<WebhookEndpoint> endpoint, long at) {
        boolean isRecent() {
            return System.nanoTime() - at < RECENT.toNanos();
        }
    }

    private final Database database;
    private final InstantSource clock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    private JdbcEndpoints(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    static WebhookEndpoints open(Database database, InstantSource clock) {
        migrate(database);
        return new JdbcEndpoints(database, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcEndpoints.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcEndpoints.class.getClassLoader());
    }

    private long now() {
        return EndpointRows.micros(clock.instant());
    }

    @Override
    public Optional<WebhookEndpoint> create(Draft draft) {
        return changed(draft.id(), database.transact(connection -> {
            long now = now();
            int added = EndpointRows.update(
                    connection,
                    database.dialect()
                            .ifAbsent(
                                    "insert into webhook_endpoint (id, url, description, created_at) values (?, ?, ?, ?)"),
                    draft.id(),
                    draft.url().toString(),
                    draft.description(),
                    now);
            if (added == 0) {
                return Optional.empty();
            }
            addKey(connection, draft.id(), draft.key(), now);
            return EndpointRows.find(connection, draft.id(), now);
        }));
    }

    private static void addKey(Connection connection, String id, WebhookKey key, long now) throws SQLException {
        EndpointRows.update(
                connection,
                "insert into webhook_key (endpoint, number, secret, created_at)"
                        + " select e.id, coalesce((select max(number) from webhook_key where endpoint = e.id), 0) + 1, ?, ?"
                        + " from webhook_endpoint e where e.id = ?",
                key.secret(),
                now,
                id);
    }

    /** The next attempt on this node sees it at once. */
    private <T> T changed(String id, T result) {
        seen.remove(id);
        return result;
    }

    @Override
    public Optional<WebhookEndpoint> find(String id) {
        return remembered(id, database.read(connection -> EndpointRows.find(connection, id, now())));
    }

    private Optional<WebhookEndpoint> remembered(String id, Optional<WebhookEndpoint> endpoint) {
        if (seen.size() >= MOST_REMEMBERED) {
            seen.clear();
        }
        seen.put(id, new Seen(endpoint, System.nanoTime()));
        return endpoint;
    }

    @Override
    public Optional<WebhookEndpoint> recent(String id) {
        Seen last = seen.get(id);
        return last != null && last.isRecent() ? last.endpoint() : find(id);
    }

    @Override
    public List<WebhookEndpoint> list(String after, int most) {
        return database.read(connection -> EndpointRows.list(connection, database.dialect(), after, most, now()));
    }

    @Override
    public int dead() {
        return database.read(connection -> EndpointRows.number(
                connection,
                "select count(*) from webhook_endpoint where disabled_at is not null and disabled_cause <> ?",
                Cause.OPERATOR.name()));
    }

    @Override
    public boolean delete(String id) {
        return changed(id, database.transact(connection -> {
            EndpointRows.update(connection, "delete from webhook_key where endpoint = ?", id);
            return EndpointRows.update(connection, "delete from webhook_endpoint where id = ?", id) > 0;
        }));
    }

    @Override
    public Optional<WebhookEndpoint> change(String id, @Nullable URI url, @Nullable String description) {
        return changed(id, database.transact(connection -> {
            EndpointRows.update(
                    connection,
                    "update webhook_endpoint set url = coalesce(?, url), description = coalesce(?, description)"
                            + " where id = ?",
                    url == null ? null : url.toString(),
                    description,
                    id);
            return EndpointRows.find(connection, id, now());
        }));
    }

    @Override
    public Optional<WebhookEndpoint> rotate(String id, WebhookKey next, Duration overlap) {
        return changed(id, database.transact(connection -> {
            if (!locked(connection, id)) {
                return Optional.empty();
            }
            long now = now();
            long end = now + overlap.toNanos() / 1_000;
            EndpointRows.update(
                    connection,
                    "update webhook_key set until = ? where endpoint = ? and (until is null or until > ?)",
                    end,
                    id,
                    end);
            EndpointRows.update(connection, "delete from webhook_key where endpoint = ? and until <= ?", id, now);
            int left = EndpointRows.number(connection, "select count(*) from webhook_key where endpoint = ?", id);
            if (left >= MOST_KEYS) {
                throw new IllegalArgumentException("the endpoint " + id + " has " + left
                        + " keys that sign already; wait until one ends, or rotate with an overlap of 0s");
            }
            addKey(connection, id, next, now);
            return EndpointRows.find(connection, id, now);
        }));
    }

    /** Two that rotate at once would both take the same number for their key: the second waits for this row. */
    private static boolean locked(Connection connection, String id) throws SQLException {
        return EndpointRows.update(connection, "update webhook_endpoint set id = id where id = ?", id) > 0;
    }

    @Override
    public boolean disable(String id, Cause cause, String reason) {
        return changed(
                id,
                database.autoCommit(connection -> EndpointRows.update(
                                connection,
                                "update webhook_endpoint set disabled_at = ?, disabled_cause = ?, disabled_reason = ?"
                                        + " where id = ? and disabled_at is null",
                                now(),
                                cause.name(),
                                storable(reason),
                                id)
                        > 0));
    }

    @Override
    public boolean enable(String id) {
        return changed(
                id,
                database.autoCommit(connection -> EndpointRows.update(
                                connection,
                                "update webhook_endpoint set disabled_at = null, disabled_cause = null, disabled_reason = null, failures = 0,"
                                        + " failing_since = null where id = ? and disabled_at is not null",
                                id)
                        > 0));
    }

    @Override
    public void succeeded(WebhookEndpoint endpoint) {
        Instant now = clock.instant();
        boolean told = endpoint.standing()
                .lastSuccess()
                .filter(last -> last.plus(SUCCESS_EVERY).isAfter(now))
                .isPresent();
        if (told && endpoint.standing().failures() == 0) {
            return;
        }
        changed(
                endpoint.id(),
                database.autoCommit(connection -> EndpointRows.update(
                        connection,
                        "update webhook_endpoint set failures = 0, failing_since = null, last_success_at = ? where id = ?",
                        EndpointRows.micros(now),
                        endpoint.id())));
    }

    @Override
    public Optional<WebhookEndpoint> failed(String id, String reason) {
        return remembered(id, database.transact(connection -> {
            long now = now();
            EndpointRows.update(
                    connection,
                    "update webhook_endpoint set failures = failures + 1, failing_since = coalesce(failing_since, ?),"
                            + " last_failure_at = ?, last_failure = ? where id = ?",
                    now,
                    now,
                    storable(reason),
                    id);
            return EndpointRows.find(connection, id, now);
        }));
    }

    /** What a receiver says is not ours to reject, so it is made to fit. */
    private static String storable(String text) {
        String cut = text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
        return cut.replaceAll("\\p{Cntrl}+", " ");
    }
}
