package dev.signalbox.router;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Frames in an envelope, of which each says only what differs from the one before. */
class ClusterFramesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static byte[] written(List<byte[]> frames) {
        return ClusterFrames.write(frames, new ByteSink()).toByteArray();
    }

    private static byte[] written(String... frames) {
        return written(Arrays.stream(frames).map(ClusterFramesTest::bytes).toList());
    }

    private static List<String> read(byte[] bytes) {
        ClusterFrames frames = new ClusterFrames(new ByteSource(bytes, 0, bytes.length));
        List<String> read = new ArrayList<>();
        while (frames.hasMore()) {
            ByteSource frame = frames.next();
            StringBuilder text = new StringBuilder();
            while (frame.hasMore()) {
                text.append((char) frame.octet());
            }
            read.add(text.toString());
        }
        return read;
    }

    @Test
    void framesComeBackWhateverTheyHaveInCommon() {
        String[] frames = {
            "abc", "abcd", "abc", "abc", "a", "", "", "abd", "xbd", "x".repeat(300), "x".repeat(299) + "y", "x"
        };

        assertThat(read(written(frames))).containsExactly(frames);
    }

    @Test
    void whatAFrameBeginsWithAsTheOneBeforeIsLeftOut() {
        assertThat(written("abcd", "abxy", "abxy", "b"))
                .isEqualTo(new byte[] {0, 4, 'a', 'b', 'c', 'd', 2, 2, 'x', 'y', 4, 0, 0, 1, 'b'});
    }

    /** So senders know beforehand what an envelope has room for. */
    @Test
    void aFrameTakesNoMoreThanItsBytesAndAHead() {
        for (int length = 0; length < 40_000; length += 97) {
            byte[] zeros = new byte[length];
            byte[] differs = zeros.clone();
            if (length > 0) {
                differs[length / 2] = 1;
            }
            assertThat(written(List.of(zeros)).length).isLessThanOrEqualTo(length + ClusterFrames.HEAD);
            assertThat(written(List.of(zeros, differs)).length - written(List.of(zeros)).length)
                    .isLessThanOrEqualTo(length + ClusterFrames.HEAD);
        }
    }

    @Test
    void aFrameThatRefersToMoreThanTheOneBeforeHadIsRefused() {
        byte[] longer = {0, 3, 'a', 'b', 'c', 0, 1, 'x', 2, 0};
        byte[] first = {1, 1, 'a'};
        byte[] negative = new ByteSink().number(-1).number(0).toByteArray();

        assertThatIllegalArgumentException().isThrownBy(() -> read(longer));
        assertThatIllegalArgumentException().isThrownBy(() -> read(first));
        assertThatIllegalArgumentException().isThrownBy(() -> read(negative));
    }

    /** Not even the room for it is made. */
    @Test
    void aFrameThatIsSaidToBeLongerThanTheEnvelopeIsRefused() {
        byte[] huge = new ByteSink().number(0).number(Integer.MAX_VALUE).toByteArray();
        byte[] negative = new ByteSink().number(0).number(-1).toByteArray();

        assertThatIllegalArgumentException().isThrownBy(() -> read(huge));
        assertThatIllegalArgumentException().isThrownBy(() -> read(negative));
    }

    @Test
    void anyCutOrChangedByteIsAnErrorOfOneKindOrOtherFrames() {
        byte[] written = written("abcd", "abxy", "", "abxyz");
        for (int i = 0; i < written.length; i++) {
            byte[] cut = Arrays.copyOf(written, i);
            byte[] changed = written.clone();
            changed[i] ^= (byte) 0x81;
            for (byte[] each : List.of(cut, changed)) {
                Throwable thrown = catchThrowable(() -> read(each));
                if (thrown != null) {
                    assertThat(thrown).as("byte " + i).isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    private static byte[] publication(int number, Optional<String> key) {
        UUID session = UUID.fromString("019a4f2e-0000-7000-8000-000000000001");
        Message message = Message.of(
                        Address.client("alice"),
                        List.of(Address.topic("news")),
                        Payload.text("%0128d".formatted(number)))
                .withOrigin(new Address.Session("alice", session))
                .withHeaders(Map.of("number", String.valueOf(number)));
        return new ClusterCodec(new SettableClock()).encode(new ClusterFrame.Publish("news", key, message));
    }

    /** All but the id, the payload and what is a message's own: that is what makes many of them cheap for the broker. */
    @Test
    void whatMessagesOfOneSenderToOneTopicHaveInCommonIsSaidOnce() {
        byte[] one = publication(1, Optional.of("k1"));
        byte[] two = publication(2, Optional.of("k2"));

        int added = written(List.of(one, two)).length - written(List.of(one)).length;

        int inCommon = "news".length() + "client:alice".length() + 16 + "topic:news".length();
        assertThat(added).isLessThan(two.length - inCommon);
    }
}
