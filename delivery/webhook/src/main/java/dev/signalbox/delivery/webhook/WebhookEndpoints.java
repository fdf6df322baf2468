package dev.signalbox.delivery.webhook;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of all nodes, in their database. Keys are kept there as they are, since they must sign: everyone who can read the
 * table can sign. Thread-safe. Failures of the database are thrown as {@link dev.signalbox.database.DatabaseException}.
 */
public interface WebhookEndpoints {
    /** The most keys that sign at the same time. */
    int MOST_KEYS = 4;

    /** Opens them in a database, whose tables it brings up to date. All times are that database's. */
    static WebhookEndpoints on(Database database) {
        return JdbcEndpoints.open(database, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static WebhookEndpoints on(Database database, InstantSource clock) {
        return JdbcEndpoints.open(database, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcEndpoints.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcEndpoints.migrate(database);
    }

    /**
     * What an endpoint is made of.
     *
     * @param url as {@link WebhookTargets#check} has passed it
     */
    record Draft(String id, URI url, String description, WebhookKey key) {
        public Draft {
            if (!WebhookEndpoint.isId(id)) {
                throw new IllegalArgumentException(
                        "the id must be 1 to 64 lower-case letters, digits, dots, hyphens and"
                                + " underscores, beginning with a letter or digit");
            }
            if (description.length() > WebhookEndpoint.LONGEST_DESCRIPTION
                    || description.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the description must be at most "
                        + WebhookEndpoint.LONGEST_DESCRIPTION + " characters, without control characters");
            }
        }
    }

    /** Adds an endpoint; empty if there is one with its id, which then stays as it is. */
    Optional<WebhookEndpoint> create(Draft draft);

    /** One endpoint as it stands now. */
    Optional<WebhookEndpoint> find(String id);

    /** The same, at most a second old: for each attempt, and to check addresses of messages. */
    Optional<WebhookEndpoint> recent(String id);

    /** In the order of their ids, those after {@code after}, which may be empty. */
    List<WebhookEndpoint> list(String after, int most);

    /** How many are disabled, but not by a person: somebody should look at those. */
    int dead();

    /** Removes an endpoint and its keys for good; false if there is none. Messages to it are rejected from then on. */
    boolean delete(String id);

    /**
     * Gives an endpoint another URL, as {@link WebhookTargets#check} has passed it, and another description. Null leaves one as
     * it is.
     */
    Optional<WebhookEndpoint> change(String id, @Nullable URI url, @Nullable String description);

    /**
     * Has a new key sign, and the others beside it for a while, so that receivers can exchange theirs without losing anything.
     *
     * @param overlap how long the others still sign; zero ends them now
     * @return empty if there is no such endpoint
     * @throws IllegalArgumentException if {@link #MOST_KEYS} sign already
     */
    Optional<WebhookEndpoint> rotate(String id, WebhookKey next, Duration overlap);

    /** Sends nothing there any more; false if it is disabled already, or there is none. */
    boolean disable(String id, Cause cause, String reason);

    /** Sends there again, and forgets its failures; false if it is enabled, or there is none. */
    boolean enable(String id);

    /** Records that an attempt succeeded, where that says something new. */
    void succeeded(WebhookEndpoint endpoint);

    /** Records that an attempt failed, and returns how the endpoint stands with it; empty if it was deleted meanwhile. */
    Optional<WebhookEndpoint> failed(String id, String reason);
}
