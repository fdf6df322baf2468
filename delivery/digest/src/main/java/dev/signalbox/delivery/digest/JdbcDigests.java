package dev.signalbox.delivery.digest;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.digest.DigestRows.Window;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Windows in a table. Race: a message may be gathered while its window is closed. Both lock the window's row first, so either the
 * message is in the digest, or it opens the next window.
 */
final class JdbcDigests implements Digests {
    private static final String MODULE = "digest";
    private static final String FOLDER = "dev/signalbox/delivery/digest";

    /** A body has 64 KiB; some are left for what a composer adds. */
    private static final int MOST_BYTES = 56 * 1024;

    /** What each message costs besides its bytes. */
    private static final int SEPARATOR = 8;

    private static final int CLOSING_ATTEMPTS = 20;

    /** A window that is late by so much may have lost the message that closes it, such as by an operator's hand. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private final Database database;
    private final DeliveryQueue queue;
    private final DigestOptions options;
    private final DigestComposer composer;
    private final InstantSource clock;

    private JdbcDigests(
            Database database,
            DeliveryQueue queue,
            DigestOptions options,
            DigestComposer composer,
            InstantSource clock) {
        this.database = database;
        this.queue = queue;
        this.options = options;
        this.composer = composer;
        this.clock = clock;
    }

    static Digests open(
            Database database,
            DeliveryQueue queue,
            DigestOptions options,
            DigestComposer composer,
            InstantSource clock) {
        migrate(database);
        return new JdbcDigests(database, queue, options, composer, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcDigests.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcDigests.class.getClassLoader());
    }

    @Override
    public UUID gather(Step to, DigestItem item) {
        Instant now = clock.instant();
        Instant due = now.plus(item.window().orElse(options.window()));
        Window window = database.transact(connection -> gather(connection, to, item.withAt(now), due));
        if (window.due().plus(LATE).isBefore(now)) {
            closeAfterAll(to, window.id(), now);
        }
        return window.id();
    }

    /** Where the message that closes the window has ended without doing so, or was deleted. One that waits is left alone. */
    private void closeAfterAll(Step to, UUID window, Instant now) {
        if (queue.retry(window).isEmpty()) {
            var _ = queue.enqueue(closing(to, now).id(window).build());
        }
    }

    private Window gather(Connection connection, Step to, DigestItem item, Instant due) throws SQLException {
        Optional<UUID> before = DigestRows.windowOf(connection, item.id());
        if (before.isPresent()) {
            return new Window(before.get(), due, 0, 0);
        }
        Window window = window(connection, to, item, due);
        if (!fits(window, item)) {
            var _ = send(connection, window.id());
            window = window(connection, to, item, due);
        }
        DigestRows.add(connection, window.id(), item, item.bytes() + SEPARATOR);
        if (window.items() + 1 >= options.items()) {
            var _ = send(connection, window.id());
        }
        return window;
    }

    private static boolean fits(Window window, DigestItem item) {
        return window.items() == 0 || window.bytes() + item.bytes() + SEPARATOR <= MOST_BYTES;
    }

    /** The open window, or a new one with the message that closes it; locked until the transaction ends. */
    private Window window(Connection connection, Step to, DigestItem item, Instant due) throws SQLException {
        Reach closing = closing(to, due).build();
        Window window = DigestRows.open(connection, database.dialect(), to.toString(), item.topic(), closing.id(), due);
        if (window.id().equals(closing.id())) {
            var _ = queue.enqueue(connection, closing);
        }
        return window;
    }

    private static Reach.Builder closing(Step to, Instant due) {
        return Reach.to(DigestSender.DIGEST, DigestSender.WINDOW + to)
                .body("Sends what was gathered for " + to)
                .at(due)
                .maxAttempts(CLOSING_ATTEMPTS);
    }

    @Override
    public Optional<UUID> close(UUID window) {
        return database.transact(connection -> send(connection, window));
    }

    /** The row goes first, which locks it: of two that close a window, the second finds none. */
    private Optional<UUID> send(Connection connection, UUID window) throws SQLException {
        Optional<String> recipient = DigestRows.close(connection, database.dialect(), window);
        if (recipient.isEmpty()) {
            return Optional.empty();
        }
        Step to = Step.parse(recipient.get());
        DigestComposer.Composed message = composer.compose(new Digest(to, DigestRows.items(connection, window)));
        Reach digest = reach(to, message);
        var _ = queue.enqueue(connection, digest);
        return Optional.of(digest.id());
    }

    private static Reach reach(Step to, DigestComposer.Composed message) {
        try {
            return Reach.to(List.of(to))
                    .body(message.body())
                    .headers(message.headers())
                    .build();
        } catch (IllegalArgumentException beyondLimits) {
            throw new DigestException("the digest is no message: " + beyondLimits.getMessage());
        }
    }

    @Override
    public int removeExpired() {
        Instant before = clock.instant().minus(REPEATS);
        return database.autoCommit(
                connection -> DigestRows.removeBefore(connection, database.dialect(), before, PORTION));
    }
}
