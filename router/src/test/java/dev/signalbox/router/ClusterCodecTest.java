package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames as bytes, and back. */
class ClusterCodecTest {
    private static final SettableClock CLOCK = new SettableClock();
    private static final UUID ID = UUID.fromString("019a4f2e-0000-7000-8000-000000000001");
    private static final Address.Session SESSION = new Address.Session("alice", ID);
    private static final Address.Session OTHER = new Address.Session("carol", ID);
    private static final RouteError ERROR = RouteError.slowConsumer(Address.client("bob"));

    private final ClusterCodec codec = new ClusterCodec(CLOCK);

    private static Message message() {
        return Message.of(
                        Address.client("alice"),
                        List.of(Address.client("bob"), Address.topic("a/b"), Address.ALL, SESSION, Address.logic("x")),
                        Payload.text("Grüße 🚦"))
                .withOrigin(SESSION)
                .withHeaders(Map.of("a", "b", "ü", ""));
    }

    private static Message withoutOrigin() {
        return Message.of(Address.client("alice"), Address.client("bob"), Payload.text("hi"));
    }

    private static SessionInfo session() {
        return new SessionInfo(
                ID,
                "alice",
                Map.of("role", "admin"),
                "192.0.2.1:5",
                Instant.ofEpochMilli(1),
                Instant.ofEpochMilli(2),
                true);
    }

    static Stream<ClusterFrame> frames() {
        Instant later = CLOCK.instant().plus(Duration.ofMinutes(5));
        return Stream.of(
                new ClusterFrame.Carry(message()),
                new ClusterFrame.Carry(message().withOrigin(OTHER)),
                new ClusterFrame.Carry(withoutOrigin()),
                new ClusterFrame.Carry(message().withPayload(Payload.binary(new byte[] {0, -1}))),
                new ClusterFrame.Carry(message().withIntent(new Intent.Ask(later))),
                new ClusterFrame.Carry(message().withIntent(new Intent.Confirm(later))),
                new ClusterFrame.Carry(message().withIntent(new Intent.Reply(ID))),
                new ClusterFrame.Refused(ID, Optional.of(SESSION), List.of(ERROR, RouteError.closing())),
                new ClusterFrame.Refused(ID, Optional.empty(), List.of()),
                new ClusterFrame.Answered(ID, message()),
                new ClusterFrame.Unanswered(ID, ERROR),
                new ClusterFrame.Settled(ID, Optional.empty()),
                new ClusterFrame.Settled(ID, Optional.of(ERROR)),
                new ClusterFrame.Forget(ID),
                new ClusterFrame.Disconnect(SESSION, CloseReason.REMOVED),
                new ClusterFrame.Publish("news", Optional.of("key"), message()),
                new ClusterFrame.Publish("news", Optional.empty(), message()),
                new ClusterFrame.Entry("news", "id", 12, message()),
                new ClusterFrame.Stored(ID, 1L << 50, new ClusterFrame.Entry("news", "id", 12, message())),
                new ClusterFrame.Grown("news"),
                new ClusterFrame.PublishVolatile("news", message()),
                new ClusterFrame.Beat(
                        9,
                        "one",
                        Instant.ofEpochMilli(3),
                        1L << 40,
                        Set.of("x", "y"),
                        true,
                        Map.of(3, 1L, 255, 1L << 33)),
                new ClusterFrame.Banned(
                        List.of(new Bans.Ban("alice", later, false, 8, ID), new Bans.Ban("bob", later, true, 9, ID))),
                new ClusterFrame.BansKnown(-3),
                new ClusterFrame.Fetch(ID, SESSION, "proof"),
                new ClusterFrame.FetchedMessages(ID, List.of(message(), message())),
                new ClusterFrame.Fetched(ID, 2, Optional.empty()),
                new ClusterFrame.Fetched(
                        ID,
                        0,
                        Optional.of(new MovedSession(
                                "192.0.2.1:5",
                                Instant.ofEpochMilli(1),
                                Instant.ofEpochMilli(2),
                                List.of("news"),
                                Map.of("news", new Position(ID, 3), "", new Position(ID, 4)),
                                List.of()))),
                new ClusterFrame.Missed(new ClusterLink.Channel("topic.7"), Set.of("a", "b")),
                new ClusterFrame.Missed(new ClusterLink.Channel("topic.7"), Set.of()),
                new ClusterFrame.CarryAgain(),
                new ClusterFrame.Mark(),
                new ClusterFrame.Bye(),
                new ClusterFrame.Joined(4, session()),
                new ClusterFrame.Left(5, session().address(), false),
                new ClusterFrame.Left(6, session().address(), true),
                new ClusterFrame.Touched(Map.of(ID, Instant.ofEpochMilli(6))),
                new ClusterFrame.Ask(),
                new ClusterFrame.Sessions(new ClusterCopy.Part<>(7, 0, false, List.of(session(), session()))),
                new ClusterFrame.Sessions(new ClusterCopy.Part<>(0, 3, true, List.of())),
                new ClusterFrame.Subscribe(session().address(), "news", true),
                new ClusterFrame.PresenceChanged(8, new ClusterFrame.Present("rooms/7", "alice"), true),
                new ClusterFrame.AskPresence(255, -1),
                new ClusterFrame.AskPresence(255, 12),
                new ClusterFrame.PresenceUnchanged(255, 12),
                new ClusterFrame.Presence(
                        7, new ClusterCopy.Part<>(9, 1, true, List.of(new ClusterFrame.Present("rooms/7", "bob")))));
    }

    /** As most messages are. */
    @Test
    void aSessionOfTheClientThatAMessageIsFromTakesNoMoreThanItsId() {
        Message message = withoutOrigin();
        Message ofItsSession = message.withOrigin(new Address.Session("alice", ID));

        byte[] bytes = codec.encode(new ClusterFrame.Carry(ofItsSession));

        assertThat(bytes).hasSize(codec.encode(new ClusterFrame.Carry(message)).length + 16);
        assertThat(decode(bytes)).isEqualTo(new ClusterFrame.Carry(ofItsSession));
    }

    private @Nullable ClusterFrame decode(byte[] bytes) {
        return codec.decode(new ByteSource(bytes, 0, bytes.length));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameComesBackAsItWas(ClusterFrame frame) {
        byte[] bytes = codec.encode(frame);
        ByteSource from = new ByteSource(bytes, 0, bytes.length);

        assertThat(codec.decode(from)).isEqualTo(frame);
        assertThat(from.hasMore()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameThatIsCutOffIsAnErrorOfOneKind(ClusterFrame frame) {
        byte[] bytes = ClusterFrames.write(List.of(codec.encode(frame)), new ByteSink())
                .toByteArray();
        for (int length = 0; length < bytes.length; length++) {
            ClusterFrames cut = new ClusterFrames(new ByteSource(bytes, 0, length));
            assertThat(catchThrowable(() -> codec.decode(cut.next()))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameWithAnyByteChangedIsAFrameOrAnErrorOfOneKind(ClusterFrame frame) {
        byte[] bytes = codec.encode(frame);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= (byte) 0x81;
            Throwable thrown = catchThrowable(() -> codec.decode(new ByteSource(changed, 0, changed.length)));
            if (thrown != null) {
                assertThat(thrown).as("byte " + i).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void whatANewerReleaseAddsIsSkipped() {
        byte[] unknown = new ByteSink().octet(99).raw(new byte[] {1, 2, 3}).toByteArray();
        byte[] longer = new ByteSink()
                .octet(codec.encode(new ClusterFrame.Forget(ID))[0])
                .uuid(ID)
                .text("more")
                .toByteArray();

        assertThat(decode(unknown)).isNull();
        assertThat(decode(longer)).isEqualTo(new ClusterFrame.Forget(ID));
    }

    @Test
    void aReleaseThatDoesNotTellWhatItKnowsOfAPresenceKnowsNothing() {
        byte[] before = new ByteSink()
                .octet(codec.encode(new ClusterFrame.AskPresence(7, 3))[0])
                .number(7)
                .toByteArray();

        assertThat(decode(before)).isEqualTo(new ClusterFrame.AskPresence(7, -1));
    }

    @Test
    void aDeadlineTravelsAsTheTimeThatIsLeft() {
        SettableClock behind = new SettableClock();
        behind.advance(Duration.ofHours(-1));
        Intent ask = new Intent.Ask(CLOCK.instant().plusSeconds(10));
        byte[] bytes = codec.encode(new ClusterFrame.Carry(message().withIntent(ask)));

        ClusterFrame read = new ClusterCodec(behind).decode(new ByteSource(bytes, 0, bytes.length));

        Intent there = new Intent.Ask(behind.instant().plusSeconds(10));
        assertThat(read)
                .isInstanceOfSatisfying(
                        ClusterFrame.Carry.class,
                        carry -> assertThat(carry.message().intent()).isEqualTo(there));
    }

    @Test
    void numbersOfAnySizeComeBack() {
        long[] numbers = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE};
        ByteSink sink = new ByteSink();
        for (long number : numbers) {
            sink.number(number).fixed(number);
        }
        ByteSource source = new ByteSource(sink.toByteArray(), 0, sink.size());

        for (long number : numbers) {
            assertThat(source.number()).isEqualTo(number);
            assertThat(source.fixed()).isEqualTo(number);
        }
    }
}
