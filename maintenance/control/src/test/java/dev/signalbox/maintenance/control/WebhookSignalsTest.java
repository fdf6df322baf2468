package dev.signalbox.maintenance.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookSignalsTest {
    private static final byte[] SECRET = "0123456789abcdef01234567".getBytes(UTF_8);

    private final SettableClock clock = new SettableClock();
    private final WebhookSignals webhook = WebhookSignals.signedWith("webhook", SECRET, clock);
    private final List<Optional<Signal>> said = new ArrayList<>();

    @BeforeEach
    void start() {
        webhook.start(new SignalSource.Listener() {
            @Override
            public void says(Optional<Signal> signal) {
                said.add(signal);
            }

            @Override
            public void lost(String reason) {
                throw new AssertionError(reason);
            }
        });
    }

    @Test
    void aSignedRequestSaysWhatItsBodySays() {
        assertThat(receive("1", "on\nreason: disk\nactor: alice")).isTrue();
        clock.advance(1);
        assertThat(receive("2", "off")).isTrue();

        assertThat(said).containsExactly(Optional.of(Signal.of("alice", "disk")), Optional.empty());
    }

    @Test
    void aRepetitionHasNoEffect() {
        receive("1", "on");
        clock.advance(1);
        receive("2", "off");
        assertThat(receive("2", "off")).isFalse();
        String yesterday = Long.toString(clock.instant().getEpochSecond() - 1);

        assertThat(webhook.receive("1", yesterday, signature("1", yesterday, "on"), "on".getBytes(UTF_8)))
                .isFalse();
        assertThat(said).hasSize(2);
    }

    /** Requests may overtake each other; the latest one that was sent counts. */
    @Test
    void anEarlierRequestThatComesLaterHasNoEffect() {
        String earlier = Long.toString(clock.instant().getEpochSecond());
        clock.advance(5);
        receive("2", "off");

        assertThat(webhook.receive("1", earlier, signature("1", earlier, "on"), "on".getBytes(UTF_8)))
                .isFalse();
        assertThat(said).containsExactly(Optional.empty());
    }

    @Test
    void aForeignSignatureIsRefused() {
        String now = now();

        assertThatThrownBy(() -> webhook.receive("1", now, signature("2", now, "on"), "on".getBytes(UTF_8)))
                .isInstanceOf(SignalSourceException.class)
                .hasMessageContaining("signature");
        assertThatThrownBy(() -> webhook.receive("1", now, "v1,not base64!", "on".getBytes(UTF_8)))
                .isInstanceOf(SignalSourceException.class);
        assertThat(said).isEmpty();
    }

    @Test
    void oneOfSeveralSignaturesIsEnough() {
        String now = now();

        assertThat(webhook.receive("1", now, "v1,AAAA " + signature("1", now, "on"), "on".getBytes(UTF_8)))
                .isTrue();
    }

    @Test
    void anOldRequestIsRefused() {
        String old = Long.toString(clock.instant().getEpochSecond() - 301);

        assertThatThrownBy(() -> webhook.receive("1", old, signature("1", old, "on"), "on".getBytes(UTF_8)))
                .hasMessageContaining("check both clocks");
        assertThatThrownBy(() -> webhook.receive("1", "now", signature("1", "now", "on"), "on".getBytes(UTF_8)))
                .hasMessageContaining("seconds since 1970");
    }

    @Test
    void aShortSecretIsRefused() {
        assertThatThrownBy(() -> WebhookSignals.signedWith("w", new byte[23], clock))
                .hasMessageContaining("at least 24 bytes");
    }

    private boolean receive(String id, String body) {
        return webhook.receive(id, now(), signature(id, now(), body), body.getBytes(UTF_8));
    }

    private String now() {
        return Long.toString(clock.instant().getEpochSecond());
    }

    private static String signature(String id, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            byte[] signed = mac.doFinal((id + "." + timestamp + "." + body).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class SettableClock implements java.time.InstantSource {
        private Instant now = Instant.parse("2026-11-26T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void advance(long seconds) {
            now = now.plusSeconds(seconds);
        }
    }
}
