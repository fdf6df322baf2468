package dev.signalbox.cluster.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cluster.nats.NatsStream.Stored;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a consumer asks JetStream for, and what it makes of each answer, also of those that a real server gives in rare moments only. */
@Timeout(120)
class NatsConsumerTest {
    private static final String NAME = "test_history.c1";
    private static final String ASKED = "$JS.API.CONSUMER.MSG.NEXT." + NAME;
    private static final String NOT_NEEDED = "$JS.API.CONSUMER.DELETE." + NAME;
    /** Long enough for an answer that is there already; a consumer waits for so long if there is none. */
    private static final Duration SILENCE = Duration.ofMillis(300);

    private ScriptedNats server;
    private Connection connection;

    @BeforeEach
    void connect() throws Exception {
        server = new ScriptedNats();
        connection = Nats.connect(
                Options.builder().server(server.url()).noReconnect().build());
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        server.close();
    }

    private NatsConsumer consumer(long pending) {
        return new NatsConsumer(connection, SILENCE, NAME, pending);
    }

    /** The question that is put when the server does not answer; what is sent afterwards answers the next one. */
    private ScriptedNats.Published asked(NatsConsumer consumer, long most) throws Exception {
        assertThat(consumer.next(most)).isEmpty();
        return server.next();
    }

    private static byte[] batch(int number) {
        return new NatsBatch(
                        new UUID(1, number),
                        NatsBatch.NONE,
                        new UUID(2, 2),
                        number,
                        List.of(new Entry("e" + number, Content.of(new byte[] {1}))))
                .encode();
    }

    /** A message of the stream, as JetStream sends it: its place is in the subject for the answer. */
    private void send(String inbox, long sequence, long ofConsumer, long pending, byte[] data) throws IOException {
        String place =
                "$JS.ACK.test_history.c1.1.%d.%d.1700000000000000000.%d".formatted(sequence, ofConsumer, pending);
        server.send(inbox, place, data);
    }

    private static long sequence(Optional<Stored> stored) {
        return stored.orElseThrow().sequence();
    }

    @Test
    void aQuestionIsForAsManyAsThereAreOrAreWantedAtMost() throws Exception {
        try (NatsConsumer few = consumer(3);
                NatsConsumer many = consumer(1_000);
                NatsConsumer none = consumer(0)) {
            ScriptedNats.Published asked = asked(few, 10);

            assertThat(asked.subject()).isEqualTo(ASKED);
            assertThat(asked.replyTo()).startsWith("_INBOX.");
            assertThat(asked.text()).isEqualTo("{\"batch\":3,\"max_bytes\":4194304,\"no_wait\":true}");
            assertThat(asked(few, 2).text()).startsWith("{\"batch\":2,");
            assertThat(asked(many, 2_000).text()).startsWith("{\"batch\":256,");
            assertThat(asked(none, 10).text()).startsWith("{\"batch\":1,");
            assertThat(asked(few, -1).text()).startsWith("{\"batch\":1,");
        }
    }

    @Test
    void whatOneQuestionBringsIsTakenBeforeTheNextIsAsked() throws Exception {
        try (NatsConsumer consumer = consumer(2)) {
            String inbox = asked(consumer, 5).replyTo();
            send(inbox, 11, 1, 9, batch(1));
            send(inbox, 15, 2, 3, batch(2));
            send(inbox, 16, 3, 2, batch(3));

            Stored first = consumer.next(5).orElseThrow();
            assertThat(first.sequence()).isEqualTo(11);
            assertThat(first.batch().orElseThrow().stamp()).isEqualTo(new UUID(1, 1));
            assertThat(server.next().text()).startsWith("{\"batch\":2,");
            assertThat(sequence(consumer.next(4))).isEqualTo(15);
            assertThat(sequence(consumer.next(9))).isEqualTo(16);
            // As the second message said: three more.
            assertThat(server.next().text()).startsWith("{\"batch\":3,");
            assertThat(server.hasMore()).isFalse();
        }
    }

    /** Somebody else has published to the subject. */
    @Test
    void aMessageThatIsNoBatchHasItsPlaceAndNoBatch() throws Exception {
        try (NatsConsumer consumer = consumer(3)) {
            String inbox = asked(consumer, 3).replyTo();
            send(inbox, 5, 1, 2, "rubbish".getBytes(US_ASCII));
            send(inbox, 6, 2, 1, new byte[0]);
            send(inbox, 7, 3, 0, batch(1));

            assertThat(consumer.next(3)).contains(new Stored(5, Optional.empty()));
            assertThat(consumer.next(2)).contains(new Stored(6, Optional.empty()));
            assertThat(consumer.next(1).orElseThrow().batch()).isPresent();
        }
    }

    @Test
    void whatTheServerSaysInPlaceOfMessagesEndsTheQuestion() throws Exception {
        String[] all = {
            "404 No Messages", "408 Request Timeout", "409 Consumer Deleted", "409 Message Size Exceeds MaxBytes", "503"
        };
        for (String status : all) {
            try (NatsConsumer consumer = consumer(3)) {
                String inbox = asked(consumer, 3).replyTo();
                send(inbox, 5, 1, 2, batch(1));
                server.sendStatus(inbox, status);
                send(inbox, 6, 2, 1, batch(2));

                assertThat(sequence(consumer.next(3))).isEqualTo(5);
                assertThat(server.next().text()).startsWith("{\"batch\":3,");
                assertThat(consumer.next(2)).as(status).isEmpty();
                // Asked anew: nothing more was to come for the first question.
                assertThat(sequence(consumer.next(2))).isEqualTo(6);
                assertThat(server.next().text()).startsWith("{\"batch\":2,");
            }
            assertThat(server.next().subject()).isEqualTo(NOT_NEEDED);
        }
    }

    @Test
    void aHoleInTheCountOfTheConsumerIsALoss() throws Exception {
        try (NatsConsumer consumer = consumer(3)) {
            String inbox = asked(consumer, 3).replyTo();
            send(inbox, 5, 1, 2, batch(1));
            send(inbox, 7, 3, 0, batch(3));

            assertThat(sequence(consumer.next(3))).isEqualTo(5);
            assertThatThrownBy(() -> consumer.next(2))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("message 2 of " + NAME + " was lost on its way");
        }
    }

    @Test
    void aRepeatedMessageIsALossToo() throws Exception {
        try (NatsConsumer consumer = consumer(3)) {
            String inbox = asked(consumer, 3).replyTo();
            send(inbox, 5, 1, 2, batch(1));
            send(inbox, 5, 1, 2, batch(1));

            assertThat(sequence(consumer.next(3))).isEqualTo(5);
            assertThatThrownBy(() -> consumer.next(2)).isInstanceOf(IOException.class);
        }
    }

    /** Such as one that a stranger sends to the inbox. */
    @Test
    void aMessageWithoutAPlaceIsAnError() throws Exception {
        try (NatsConsumer consumer = consumer(1)) {
            String inbox = asked(consumer, 1).replyTo();
            server.send(inbox, "", new byte[] {1});

            assertThatThrownBy(() -> consumer.next(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theServerIsToldThatItIsNotNeededAnyMore() throws Exception {
        NatsConsumer consumer = consumer(1);

        consumer.close();

        assertThat(server.next().subject()).isEqualTo(NOT_NEEDED);
    }
}
