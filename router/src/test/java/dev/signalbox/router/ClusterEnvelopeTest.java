package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.router.ClusterEnvelope.Opened;
import dev.signalbox.router.ClusterSequences.Arrival;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What is published, and what is let in of what others publish. */
class ClusterEnvelopeTest {
    private static final ClusterLink.Channel CHANNEL = new ClusterLink.Channel("node.1");
    private static final UUID ORIGIN = UUID.fromString("019a4f2e-0000-7000-8000-000000000001");

    private final ClusterEnvelope envelope = new ClusterEnvelope(ClusterFixture.SECRET);

    private byte[] sealed() {
        return envelope.seal(CHANNEL, ORIGIN, 7, List.of(new byte[] {1, 2}, new byte[] {3}));
    }

    @Test
    void whatIsSealedCanBeOpened() {
        Opened opened = new ClusterEnvelope(ClusterFixture.SECRET).open(CHANNEL, sealed());

        assertThat(opened).isInstanceOf(Opened.Frames.class);
        Opened.Frames frames = (Opened.Frames) opened;
        assertThat(frames.origin()).isEqualTo(ORIGIN);
        assertThat(frames.sequence()).isEqualTo(7);
        ByteSource first = frames.frames().next();
        assertThat(List.of(first.octet(), first.octet())).containsExactly(1, 2);
        assertThat(first.hasMore()).isFalse();
        ByteSource second = frames.frames().next();
        assertThat(second.octet()).isEqualTo(3);
        assertThat(second.hasMore()).isFalse();
        assertThat(frames.frames().hasMore()).isFalse();
    }

    @Test
    void theOverheadIsWhatItSays() {
        assertThat(sealed()).hasSize(ClusterEnvelope.OVERHEAD + 2 * 2 + 3);
    }

    @Test
    void anyChangedByteIsNoticed() {
        byte[] sealed = sealed();
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(envelope.open(CHANNEL, changed)).as("byte " + i).isInstanceOf(Opened.Forged.class);
        }
    }

    @Test
    void anyMissingByteIsNoticed() {
        byte[] sealed = sealed();
        for (int length = 0; length < sealed.length; length++) {
            assertThat(envelope.open(CHANNEL, Arrays.copyOf(sealed, length))).isInstanceOf(Opened.Forged.class);
        }
    }

    @Test
    void anotherChannelOrSecretIsNoticed() {
        assertThat(envelope.open(new ClusterLink.Channel("node.2"), sealed())).isInstanceOf(Opened.Forged.class);
        assertThat(new ClusterEnvelope("another secret that is long enough to be one").open(CHANNEL, sealed()))
                .isInstanceOf(Opened.Forged.class);
    }

    @Test
    void anotherVersionIsToldFromAForgery() throws GeneralSecurityException {
        byte[] sealed = sealed();
        sealed[2] = 9;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(ClusterFixture.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((CHANNEL.name() + "\0").getBytes(StandardCharsets.UTF_8));
        mac.update(sealed, 0, sealed.length - 32);
        System.arraycopy(mac.doFinal(), 0, sealed, sealed.length - 32, 32);

        assertThat(envelope.open(CHANNEL, sealed)).isEqualTo(new Opened.Foreign(9));
    }

    @Test
    void whatIsRepeatedIsKnownAndWhatIsMissingToo() {
        ClusterSequences sequences = new ClusterSequences();
        ClusterLink.Channel other = new ClusterLink.Channel("all");

        assertThat(sequences.arrived(ORIGIN, CHANNEL, 5)).isEqualTo(Arrival.FIRST);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 5)).isEqualTo(Arrival.REPEATED);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 6)).isEqualTo(Arrival.NEXT);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 4)).isEqualTo(Arrival.REPEATED);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 8)).isEqualTo(Arrival.AFTER_LOSS);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 7)).isEqualTo(Arrival.REPEATED);
        assertThat(sequences.arrived(ORIGIN, other, 1)).isEqualTo(Arrival.FIRST);
        assertThat(sequences.arrived(UUID.randomUUID(), CHANNEL, 1)).isEqualTo(Arrival.FIRST);
    }

    @Test
    void whatWasPublishedWhileNobodyListenedIsNotMissed() {
        ClusterSequences sequences = new ClusterSequences();
        sequences.arrived(ORIGIN, CHANNEL, 5);
        sequences.leaves(CHANNEL);

        assertThat(sequences.arrived(ORIGIN, CHANNEL, 5)).isEqualTo(Arrival.REPEATED);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 9)).isEqualTo(Arrival.FIRST);
        assertThat(sequences.arrived(ORIGIN, CHANNEL, 11)).isEqualTo(Arrival.AFTER_LOSS);
    }

    @Test
    void optionsAreCheckedAndTheSecretIsNotPrinted() {
        ClusterOptions options = ClusterOptions.of("one", ClusterFixture.SECRET);

        assertThat(options.toString()).doesNotContain(ClusterFixture.SECRET);
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterOptions.of("one", "short"));
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterOptions.of("", ClusterFixture.SECRET));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withTimes(Duration.ofSeconds(5), Duration.ofSeconds(14)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withTimes(Duration.ofSeconds(3), Duration.ofSeconds(16)));
    }
}
