package dev.signalbox.delivery.suppression;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Who gets no messages any more, for all nodes that share a database. Thread-safe. Failures of the database are thrown as
 * {@link dev.signalbox.database.DatabaseException}.
 */
public interface SuppressionList {

    /** Opens it in a database, whose tables it brings up to date. All times are that database's. */
    static SuppressionList on(Database database) {
        return JdbcSuppressions.open(database, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static SuppressionList on(Database database, InstantSource clock) {
        return JdbcSuppressions.open(database, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcSuppressions.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcSuppressions.migrate(database);
    }

    /**
     * Which entries are meant.
     *
     * @param address of the channel, which then must be there, too
     * @param category entries about this one only; one that holds for all categories is not among them
     */
    record Selection(
            Optional<Channel> channel, Optional<String> address, Optional<String> category, Optional<Reason> reason) {
        public static final Selection ALL =
                new Selection(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public Selection {
            if (address.isPresent() && channel.isEmpty()) {
                throw new IllegalArgumentException("an address needs its channel");
            }
            Channel medium = channel.orElse(Channel.LIVE);
            address = address.map(text -> Suppression.folded(medium, text));
        }

        public static Selection of(Channel channel, String address) {
            return new Selection(Optional.of(channel), Optional.of(address), Optional.empty(), Optional.empty());
        }

        public Selection withCategory(Optional<String> other) {
            return new Selection(channel, address, other, reason);
        }

        public Selection withReason(Optional<Reason> other) {
            return new Selection(channel, address, category, other);
        }
    }

    /**
     * A page of a list.
     *
     * @param next what the next page begins after; empty at the end
     */
    record Page(List<Suppression> items, Optional<String> next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /** Adds an entry, dated now; false if there is one for the same address, category and reason, which then stays as it is. */
    boolean add(Suppression entry);

    /**
     * Removes entries of one address.
     *
     * @return how many there were
     * @throws IllegalArgumentException if the selection has no address
     */
    int remove(Selection entries);

    /**
     * Entries in the order of channels, addresses, categories and reasons.
     *
     * @param after {@link Page#next} of the page before; empty for the first
     * @param most 1 to 1,000
     * @throws IllegalArgumentException if {@code after} is none
     */
    Page list(Selection entries, Optional<String> after, int most);

    /**
     * What keeps a message of a category from an address, the oldest first. Entries of this list are seen at once; those that
     * another node adds to a list without any are seen within a second, later ones at once.
     *
     * @param category of the message; entries about other categories do not count
     */
    List<Suppression> holding(Channel channel, String address, Optional<String> category);

    /** The links with which recipients unsubscribe; they are valid on every node, for as long as the database lives. */
    UnsubscribeLinks links(URI base);
}
