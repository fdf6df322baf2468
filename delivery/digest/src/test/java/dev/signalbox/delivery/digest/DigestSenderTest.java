package dev.signalbox.delivery.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.SendResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestSenderTest {
    private static final String ALICE = "email:alice@example.org";

    @TempDir
    private Path folder;

    private Database database;
    private DeliveryQueue queue;
    private DigestSender sender;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("digests.db")));
        queue = DeliveryQueue.on(database);
        sender = new DigestSender(Digests.on(database, queue, DigestOptions.usual(), DigestSenderTest::composed));
    }

    private static DigestComposer.Composed composed(Digest digest) {
        if (digest.newest().header("digest-template").isPresent()) {
            throw new DigestException("there is no template");
        }
        return DigestComposer.plain().compose(digest);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anAttemptGathersAndTheQueueCloses() {
        Delivery delivery = delivery(ALICE, Map.of());
        SendResult result = sender.send(delivery);
        Status closing = waiting();
        assertThat(result)
                .isEqualTo(
                        new SendResult.Accepted(Optional.of(closing.reach().id().toString())));
        assertThat(sender.send(delivery)).as("repeated").isEqualTo(result);
        SendResult closed = sender.send(closing(closing));
        assertThat(sender.send(closing(closing))).as("repeated").isEqualTo(new SendResult.Accepted(Optional.empty()));
        assertThat(queue.list(MessageFilter.ALL.withAddress(Optional.of("alice@example.org")))
                        .items())
                .singleElement()
                .satisfies(digest -> assertThat(closed)
                        .isEqualTo(new SendResult.Accepted(
                                Optional.of(digest.reach().id().toString()))));
    }

    @Test
    void whatMayNotBeginLeavesNothing() {
        assertThat(sender.send(delivery(ALICE, Map.of()).withPermit(() -> false)))
                .isInstanceOf(SendResult.NotSent.class);
        assertThat(queue.list(MessageFilter.ALL).items()).isEmpty();
    }

    @Test
    void whatCannotBeGatheredIsRejectedInWords() {
        assertThat(reason(delivery("alice", Map.of()))).contains("has no channel");
        for (String window : List.of("soon", "0s", "8d", "99999999999m")) {
            assertThat(reason(delivery(ALICE, Map.of("digest-window", window)))).contains("give 1s to 7d");
        }
        assertThat(reason(delivery(ALICE, Map.of("Attachments", "019ac0de")))).contains("has no attachments");
        assertThat(queue.list(MessageFilter.ALL).items()).isEmpty();
    }

    @Test
    void whatCannotBeComposedOrStoredIsTriedAgain() {
        sender.send(delivery(ALICE, Map.of("digest-template", "gone")));
        Delivery closing = closing(waiting());
        assertThat(sender.send(closing))
                .isEqualTo(new SendResult.NotSent("the digest cannot be made: there is no template", Optional.empty()));
        database.close();
        assertThat(sender.send(closing)).isInstanceOf(SendResult.NotSent.class);
        assertThat(sender.send(delivery(ALICE, Map.of()))).isInstanceOf(SendResult.NotSent.class);
    }

    @Test
    void boundsAreChecked() {
        assertThat(sender.keyLifetime()).isEqualTo(Digests.REPEATS);
        assertThatThrownBy(() -> DigestOptions.usual().withWindow(Duration.ofDays(8)))
                .hasMessageContaining("1 s to 7 days");
        assertThatThrownBy(() -> DigestOptions.usual().withItems(1)).hasMessageContaining("2 to 1000");
    }

    private String reason(Delivery delivery) {
        return sender.send(delivery) instanceof SendResult.Rejected rejected ? rejected.reason() : "";
    }

    private Status waiting() {
        return queue.list(MessageFilter.ALL.withAddress(Optional.of(DigestSender.WINDOW + ALICE)))
                .items()
                .getFirst();
    }

    private static Delivery closing(Status window) {
        return new Delivery(
                window.reach().id(),
                0,
                1,
                DigestSender.DIGEST,
                window.reach().steps().getFirst().address(),
                window.reach().body(),
                Map.of(),
                Duration.ofSeconds(10));
    }

    private static Delivery delivery(String address, Map<String, String> headers) {
        return new Delivery(
                UUID.randomUUID(), 0, 1, DigestSender.DIGEST, address, "Hello", headers, Duration.ofSeconds(10));
    }
}
