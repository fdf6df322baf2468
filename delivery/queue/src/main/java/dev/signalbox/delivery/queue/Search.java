package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.History.Story;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Lists reaches, newest first. A list walks one index in the order of ids: that of the dead for a state in which they end, of
 * the history for SENT, of the messages for all else. The database drops what cannot match, {@link Walk#WINDOW} rows at a time;
 * what it leaves is read with its history and decided here. Where few wait, the queues themselves are searched instead.
 *
 * <p>Addresses and bodies have no index of their own: it would cost each message more than its way through the queue. A walk
 * passes a window in some tens of milliseconds and ends at its bound with a cursor to go on from.
 */
final class Search {
    /** How many reaches a page reads with their history before it comes back short. */
    private static final int MOST_READ = 4_000;

    private static final int CHUNK = 200;

    /** How many waiting reaches are searched as a whole. */
    private static final int SMALL_QUEUE = 10_000;

    private final Rows rows;
    private final Store store;
    private final History history;

    Search(Rows rows, Store store, History history) {
        this.rows = rows;
        this.store = store;
        this.history = history;
    }

    Page list(Connection connection, MessageFilter filter) throws SQLException {
        List<Status> items = new ArrayList<>();
        Walk walk = walk(connection, filter);
        Optional<UUID> cursor = filter.cursor().map(UUID::fromString);
        int searched = 0;
        int read = 0;
        while (searched < Walk.WINDOW && read < MOST_READ) {
            Optional<UUID> from = cursor;
            int most = Math.max(filter.limit() - items.size(), walk.isExact() ? 1 : CHUNK);
            List<UUID> ids = walk.next(connection, from, most);
            read += ids.size();
            for (Story story : history.load(connection, ids)) {
                cursor = Optional.of(story.reach().id());
                add(connection, filter, story, items);
                if (items.size() == filter.limit()) {
                    return new Page(items, cursor.map(UUID::toString), OptionalInt.empty());
                }
            }
            if (ids.size() < most) {
                cursor = walk.endOfWindow(connection, from);
                if (cursor.isEmpty()) {
                    return new Page(items, Optional.empty(), OptionalInt.empty());
                }
                searched += Walk.WINDOW;
            }
        }
        return new Page(items, cursor.map(UUID::toString), OptionalInt.of(Math.max(searched, read)));
    }

    private void add(Connection connection, MessageFilter filter, Story story, List<Status> items) throws SQLException {
        if (matches(filter, story)) {
            Status status = history.status(connection, story);
            if (filter.state().isEmpty() || filter.state().get() == status.state()) {
                items.add(status);
            }
        }
    }

    private boolean matches(MessageFilter filter, Story story) {
        Instant accepted = Micros.instant(story.acceptedAt());
        return filter.channel().map(story.channel()::equals).orElse(true)
                && filter.address().map(story::isTo).orElse(true)
                && filter.tag().map(story.reach().labels().tags()::contains).orElse(true)
                && filter.text().map(part -> holdsText(filter, story, part)).orElse(true)
                && filter.reason()
                        .map(part -> holds(story.reason().orElse(""), part))
                        .orElse(true)
                && filter.after().map(after -> !accepted.isBefore(after)).orElse(true)
                && filter.before().map(accepted::isBefore).orElse(true);
    }

    /**
     * Encrypted bodies are not searched: who may not see one could find out what it is. The databases see to that, but where they
     * look for leases and not for texts.
     */
    private boolean holdsText(MessageFilter filter, Story story, String part) {
        boolean byLease = filter.id().isEmpty() && filter.state().equals(Optional.of(MessageState.CLAIMED));
        return !(byLease && rows.encrypts()) && holds(story.reach().body(), part);
    }

    private static boolean holds(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private Walk walk(Connection connection, MessageFilter filter) throws SQLException {
        Conditions conditions = Conditions.of(filter, rows);
        if (filter.id().isPresent()) {
            return new IndexWalk(rows, "delivery_message where 1 = 1", conditions);
        }
        return switch (filter.state().orElse(MessageState.SENT)) {
            case SENT -> sentOrAny(filter, conditions);
            case UNKNOWN, DEAD, REJECTED, EXPIRED, CANCELLED ->
                new IndexWalk(
                        rows, "delivery_dead where state = '" + filter.state().orElseThrow() + "'", conditions);
            case PENDING -> waiting(connection, filter, conditions, "w.tried = 0");
            case RETRY_WAIT -> waiting(connection, filter, conditions, "w.tried > 0");
            case CLAIMED -> new LeaseWalk(store);
        };
    }

    private Walk sentOrAny(MessageFilter filter, Conditions conditions) {
        if (filter.tag().isPresent()) {
            return tagged(filter);
        }
        return filter.state().isEmpty()
                ? new IndexWalk(rows, "delivery_message where 1 = 1", conditions)
                : new IndexWalk(rows, "delivery_outcome where 1 = 1", conditions.and("w.state = 'SENT'"));
    }

    /** Through the messages with the tag, whose index is in the order of ids. */
    private Walk tagged(MessageFilter filter) {
        Conditions others = Conditions.of(filter.withTag(Optional.empty()), rows);
        Conditions all = filter.state().map(others::andRecorded).orElse(others);
        return IndexWalk.tagged(rows, filter.tag().orElseThrow(), all);
    }

    private Walk waiting(Connection connection, MessageFilter filter, Conditions conditions, String turn)
            throws SQLException {
        if (isSmall(connection, "delivery_ready") && isSmall(connection, "delivery_later")) {
            return new QueueWalk(rows, conditions.and(turn));
        }
        return filter.tag().isPresent()
                ? tagged(filter)
                : new IndexWalk(
                        rows,
                        "delivery_message where 1 = 1",
                        conditions.andRecorded(filter.state().orElseThrow()));
    }

    private boolean isSmall(Connection connection, String queue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select count(*) from (select 1 as one from "
                        + queue + rows.dialect().limitInAnyOrder(SMALL_QUEUE + 1) + ") q");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1) <= SMALL_QUEUE;
        }
    }
}
