package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.BodyKey;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.SendResult;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Bodies that are encrypted in the database, or removed once they were sent. */
public abstract class DeliveryQueueBodiesContract extends DeliveryQueueContract {
    private static final String SECRET = "Your code is 493-028 \uD83D\uDE00";
    private static final BodyKey OLD = key("2025", 1);
    private static final BodyKey NEW = key("2026", 2);

    private final ScriptedSender sender = ScriptedSender.of(Channel.SMS);

    private static BodyKey key(String id, int fill) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) fill;
        return BodyKey.parse(id + ":" + Base64.getEncoder().encodeToString(bytes));
    }

    private static BodyProtection keys(BodyKey... keys) {
        return BodyProtection.encryptedWith(List.of(keys));
    }

    private DeliveryQueue queue(BodyProtection bodies) {
        return DeliveryQueue.on(database(), clock, bodies);
    }

    private void runOnce(DeliveryQueue queue) {
        closing(Dispatcher.builder(queue).sender(sender).options(OPTIONS).build())
                .runOnce();
    }

    private static UUID enqueue(DeliveryQueue queue, String body) {
        return queue.enqueue(sms().body(body).build()).id();
    }

    /** What somebody who reads the database's files sees. */
    private List<String> stored() {
        return database().read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("select body from delivery_message");
                    ResultSet row = statement.executeQuery()) {
                List<String> bodies = new ArrayList<>();
                while (row.next()) {
                    bodies.add(row.getString(1));
                }
                return bodies;
            }
        });
    }

    private List<String> sent() {
        return sender.given().stream().map(Delivery::body).toList();
    }

    @Test
    void encryptedBodyStandsNowhereInTheTableAndIsSentAsItWas() {
        DeliveryQueue queue = queue(keys(NEW));
        UUID id = enqueue(queue, SECRET);

        assertThat(stored())
                .singleElement()
                .satisfies(body -> assertThat(body).doesNotContain("code").contains("2026"));
        assertThat(queue.find(id).orElseThrow().reach().body()).isEqualTo(SECRET);
        runOnce(queue);
        assertThat(sent()).containsExactly(SECRET);
        assertThat(queue.list(MessageFilter.ALL.withLimit(5))
                        .items()
                        .getFirst()
                        .reach()
                        .body())
                .isEqualTo(SECRET);
    }

    /** The largest and the smallest, since encryption makes them longer. */
    @Test
    void bodiesOfAnySizeFitInWhenEncrypted() {
        DeliveryQueue queue = queue(keys(NEW));
        String longest = "\u00e4".repeat(32 * 1024);
        enqueue(queue, longest);
        enqueue(queue, "x");

        runOnce(queue);

        assertThat(sent()).containsExactlyInAnyOrder(longest, "x");
    }

    @Test
    void sameBodyTwiceIsEncryptedDifferently() {
        DeliveryQueue queue = queue(keys(NEW));
        enqueue(queue, SECRET);
        enqueue(queue, SECRET);

        assertThat(stored()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void rowsOfAnOlderKeyAndPlainOnesAreReadAfterAChangeOfKeys() {
        enqueue(queue(), "plain");
        enqueue(queue(keys(OLD)), "with the old key");
        DeliveryQueue rotated = queue(keys(NEW, OLD));
        enqueue(rotated, "with the new key");

        runOnce(rotated);

        assertThat(sent()).containsExactlyInAnyOrder("plain", "with the old key", "with the new key");
        assertThat(stored().stream().filter(body -> body.contains("2026"))).hasSize(1);
    }

    @Test
    void rowWhoseKeyIsMissingIsQuarantinedInWordsAndSentOnceTheKeyIsBack() {
        UUID id = enqueue(queue(keys(OLD)), SECRET);
        DeliveryQueue without = queue(keys(NEW));
        UUID other = enqueue(without, "readable");

        runOnce(without);

        assertThat(sent()).containsExactly("readable");
        assertState(other, MessageState.SENT);
        DeliveryQueue.Status quarantined = without.find(id).orElseThrow();
        assertThat(quarantined.state()).isEqualTo(MessageState.DEAD);
        assertThat(quarantined.attempts().getLast().error().orElseThrow()).contains("encrypted with the key '2025'");

        DeliveryQueue mended = queue(keys(NEW, OLD));
        assertThat(mended.retry(id)).contains(MessageState.PENDING);
        runOnce(mended);
        assertThat(sent()).containsExactly("readable", SECRET);
    }

    /** The node that has the key may have sent it, so nobody is told that it was not, and a retry is a person's decision. */
    @Test
    void rowThatANodeWithoutItsKeyRescuesIsInDoubt() {
        DeliveryQueue with = queue(keys(OLD));
        UUID id = enqueue(with, SECRET);
        Dispatcher without = closing(Dispatcher.builder(queue(keys(NEW)))
                .sender(ScriptedSender.of(Channel.SMS))
                .options(OPTIONS)
                .build());
        sender.answering(delivery -> {
            clock.advance(OPTIONS.lease().plusSeconds(1)); // As a SIGSTOP in the middle of the attempt would.
            assertThat(without.runOnce().rescued()).isEqualTo(1);
            return ScriptedSender.accepted();
        });

        runOnce(with);

        assertThat(sent()).containsExactly(SECRET);
        DeliveryQueue.Status doubtful = with.find(id).orElseThrow();
        assertThat(doubtful.state()).isEqualTo(MessageState.UNKNOWN);
        assertThat(doubtful.attempts().getLast().error().orElseThrow()).contains("encrypted with the key '2025'");
    }

    /** A key of the same name that is another one, and a body that was moved to another message. */
    @Test
    void wrongKeyAndAMovedBodyAreNoticed() {
        UUID id = enqueue(queue(keys(OLD)), SECRET);
        DeliveryQueue wrong = queue(keys(key("2025", 9)));
        runOnce(wrong);
        assertThat(wrong.find(id).orElseThrow().attempts().getLast().error().orElseThrow())
                .contains("cannot be decrypted", "2025");

        DeliveryQueue right = queue(keys(OLD));
        UUID first = enqueue(right, "for the first");
        UUID second = enqueue(right, "for the second");
        database().transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("update delivery_message set body ="
                    + " (select b.body from (select min(body) as body from delivery_message) b)")) {
                return statement.executeUpdate();
            }
        });
        runOnce(right);
        assertThat(List.of(
                        right.find(first).orElseThrow().state(),
                        right.find(second).orElseThrow().state()))
                .contains(MessageState.DEAD);
        assertThat(sent()).hasSizeLessThan(2);
    }

    @Test
    void duplicateOfAnEncryptedMessageIsRecognised() {
        DeliveryQueue queue = queue(keys(NEW));
        Reach first = sms().body(SECRET).dedupeKey("code").build();
        Reach same = sms().body(SECRET).dedupeKey("code").build();
        Reach another = sms().body("something else").dedupeKey("code").build();

        assertThat(queue.enqueueAll(List.of(first)).getFirst().duplicate()).isFalse();
        assertThat(queue.enqueueAll(List.of(same)).getFirst().conflict()).isFalse();
        assertThat(queue.enqueueAll(List.of(another)).getFirst().differing()).containsExactly("body");
    }

    @Test
    void bodyGoesWithTheSendingAndNotBefore() {
        DeliveryQueue queue = queue(BodyProtection.NONE.redactingSent());
        UUID sent = queue.enqueue(sms().body(SECRET).dedupeKey("code").build()).id();
        UUID waiting = queue.enqueue(
                        sms().body("later").at(clock.instant().plusSeconds(60)).build())
                .id();
        runOnce(queue);

        assertThat(sent()).containsExactly(SECRET);
        assertThat(queue.find(sent).orElseThrow().reach().body()).isEqualTo(Reach.REDACTED_BODY);
        assertThat(queue.find(waiting).orElseThrow().reach().body()).isEqualTo("later");
        assertThat(stored()).noneMatch(body -> body.contains("code"));
        // What it was, nobody knows any more; so a repetition is one, and not a conflict.
        Reach again = sms().body(SECRET).dedupeKey("code").build();
        assertThat(queue.enqueueAll(List.of(again)).getFirst().conflict()).isFalse();
    }

    /** Somebody may want to send them again; {@code Retention.unsent} has them removed. */
    @Test
    void bodyOfWhatWasNotSentStaysUntilSomebodyResolvesIt() {
        DeliveryQueue queue = queue(keys(NEW).redactingSent());
        ScriptedSender refusing = ScriptedSender.of(Channel.SMS)
                .withKeyLifetime(Duration.ZERO)
                .answering(delivery -> delivery.body().equals("no")
                        ? new SendResult.Rejected("never")
                        : new SendResult.Unknown("no answer"));
        UUID rejected = enqueue(queue, "no");
        UUID unknown = enqueue(queue, "perhaps");
        closing(Dispatcher.builder(queue).sender(refusing).options(OPTIONS).build())
                .runOnce();

        assertThat(queue.find(rejected).orElseThrow().reach().body()).isEqualTo("no");
        assertThat(queue.find(unknown).orElseThrow().reach().body()).isEqualTo("perhaps");
        queue.change(unknown, DeliveryQueue.Action.RESOLVE_ARRIVED, Remark.NONE);
        assertThat(queue.find(unknown).orElseThrow().reach().body()).isEqualTo(Reach.REDACTED_BODY);
    }

    @Test
    void plainBodyThatBeginsLikeAnEncryptedOneStaysWhatItIs() {
        String odd = "\u001asealed:2026:AAAA";
        enqueue(queue(), odd);

        runOnce(queue());

        assertThat(sent()).containsExactly(odd);
    }

    @Test
    void textIsFoundInPlainBodiesOnly() {
        enqueue(queue(), "a plain needle");
        DeliveryQueue queue = queue(keys(NEW));
        enqueue(queue, "an encrypted needle");

        MessageFilter needle = MessageFilter.ALL.withText(Optional.of("needle")).withLimit(10);

        assertThat(queue.list(needle).items())
                .extracting(status -> status.reach().body())
                .containsExactly("a plain needle");
    }

    /** Else one who may not see a body could find out what it is while it is being sent. */
    @Test
    void textOfAnEncryptedBodyIsNotFoundWhileItIsClaimedEither() {
        DeliveryQueue queue = queue(keys(NEW));
        enqueue(queue, "an encrypted needle");
        MessageFilter claimed =
                MessageFilter.ALL.withState(Optional.of(MessageState.CLAIMED)).withLimit(10);
        List<DeliveryQueue.Status> all = new ArrayList<>();
        List<DeliveryQueue.Status> found = new ArrayList<>();
        sender.answering(delivery -> {
            all.addAll(queue.list(claimed).items());
            found.addAll(queue.list(claimed.withText(Optional.of("needle"))).items());
            return ScriptedSender.accepted();
        });

        runOnce(queue);

        assertThat(all).hasSize(1);
        assertThat(found).isEmpty();
    }
}
