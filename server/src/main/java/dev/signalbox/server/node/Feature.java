package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.SeedVariable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thing that a server can do, whole: its keys, how it starts on a node and what it adds there, and its commands. A
 * feature holds no state; what starts does.
 *
 * <p>A server is a list of features. Taking one out of that list takes away all that it adds, and the others still start.
 */
public interface Feature {
    /** One lower-case word, unique in a server. */
    String name();

    /** The keys of its settings, in the order in which they are documented. */
    default List<Key<?>> keys() {
        return List.of();
    }

    /** Variables of go-message-dispatcher that set some of its keys. */
    default List<SeedVariable> variables() {
        return List.of();
    }

    /** Its commands, which may start or configure a server with all {@code features}. */
    default List<CommandEntry> commands(Features features) {
        return List.of();
    }

    /** Its commands below {@code simulator}. */
    default List<CommandEntry> simulators() {
        return List.of();
    }

    /**
     * Reads its settings, and notes in {@code reading} what is wrong with them. Has no other effect, and does not throw for
     * wrong settings: all of them are to be named at once.
     */
    default Part configure(Reading reading) {
        return node -> {};
    }

    /** A feature with its settings. */
    interface Part {
        /**
         * Adds what the feature does to a node. Called once, by the thread that starts the server, after the features before
         * it in the list. Nothing is served yet; see {@link Node#whenOpening}.
         *
         * @throws StartupException in words for the operator, if something that it needs is not to be had
         */
        void start(Node node);

        /** The tables that it keeps in the node's database. */
        default List<Tables> tables() {
            return List.of();
        }
    }

    /**
     * Tables of one module.
     *
     * @param history applied and pending migrations; changes nothing
     * @param migrate brings the tables up to date; doing it again changes nothing
     */
    record Tables(String module, Function<Database, List<Migration>> history, Consumer<Database> migrate) {}
}
