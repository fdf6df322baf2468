package dev.signalbox.delivery.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.inbox.InboxItem.State;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxSenderTest {
    private static final UUID ID = new UUID(0, 1);

    @TempDir
    private Path folder;

    private Database database;
    private Inboxes inboxes;
    private InboxSender sender;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("inboxes.db")));
        inboxes = Inboxes.on(database, InboxLimits.usual(), InboxListener.NONE);
        sender = new InboxSender(inboxes);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aRepeatedAttemptAddsNothing() {
        Delivery delivery =
                delivery("alice", Map.of("Subject", "Hello", "Content-Type", "text/html", "category", "news"));
        assertThat(sender.send(delivery)).isEqualTo(new SendResult.Accepted(Optional.of(ID.toString())));
        assertThat(sender.send(delivery)).isInstanceOf(SendResult.Accepted.class);
        assertThat(items()).singleElement().satisfies(item -> {
            assertThat(item.subject()).contains("Hello");
            assertThat(item.html()).isTrue();
            assertThat(item.category()).contains("news");
            assertThat(item.body()).isEqualTo("<p>x");
        });
    }

    @Test
    void whatMayNotBeginLeavesNothing() {
        assertThat(sender.send(delivery("alice", Map.of()).withPermit(() -> false)))
                .isInstanceOf(SendResult.NotSent.class);
        assertThat(items()).isEmpty();
    }

    @Test
    void aDatabaseThatIsAwayMeansNotSentAndARecipientThatCannotBeMeansRejected() {
        assertThat(sender.send(delivery("x".repeat(200), Map.of()))).isInstanceOf(SendResult.Rejected.class);
        database.close();
        assertThat(sender.send(delivery("alice", Map.of()))).isInstanceOf(SendResult.NotSent.class);
    }

    private List<InboxItem> items() {
        return inboxes.list("alice", EnumSet.allOf(State.class), Optional.empty(), 10)
                .items();
    }

    private static Delivery delivery(String address, Map<String, String> headers) {
        return new Delivery(ID, 0, 1, InboxSender.INBOX, address, "<p>x", headers, Duration.ofSeconds(10));
    }
}
