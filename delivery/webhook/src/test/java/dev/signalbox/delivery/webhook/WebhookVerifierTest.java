package dev.signalbox.delivery.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final byte[] BODY = "{\"type\":\"order.paid\"}".getBytes(UTF_8);
    private static final WebhookKey KEY = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);

    @ParameterizedTest
    @EnumSource(WebhookKey.Kind.class)
    void believesWhatItsKeySigned(WebhookKey.Kind kind) throws WebhookVerificationException {
        var key = WebhookKey.generate(kind);
        var verified = verifier(key).verify(signed(key, NOW)::get, BODY);
        assertThat(verified).isEqualTo(new WebhookVerifier.Verified("msg-1", NOW));
    }

    @ParameterizedTest
    @EnumSource(WebhookKey.Kind.class)
    void doesNotBelieveAnotherKey(WebhookKey.Kind kind) {
        assertRefused(WebhookKey.generate(kind), signed(WebhookKey.generate(kind), NOW), "no signature holds");
    }

    @Test
    void doesNotBelieveAnotherBody() {
        var headers = signed(KEY, NOW);
        assertThatThrownBy(() -> verifier(KEY).verify(headers::get, "{}".getBytes(UTF_8)))
                .isInstanceOf(WebhookVerificationException.class)
                .hasMessageContaining("no signature holds");
    }

    @Test
    void doesNotBelieveAnotherIdOrTime() {
        var otherId = signed(KEY, NOW);
        otherId.put("webhook-id", "msg-2");
        assertRefused(KEY, otherId, "no signature holds");
        var otherTime = signed(KEY, NOW);
        otherTime.put("webhook-timestamp", Long.toString(NOW.getEpochSecond() + 1));
        assertRefused(KEY, otherTime, "no signature holds");
    }

    @ParameterizedTest
    @CsvSource({"-300, true", "300, true", "-301, false", "301, false"})
    void aTimestampMayBeFiveMinutesAway(long seconds, boolean believed) throws WebhookVerificationException {
        var headers = signed(KEY, NOW.plusSeconds(seconds));
        if (believed) {
            assertThat(verifier(KEY).verify(headers::get, BODY).id()).isEqualTo("msg-1");
        } else {
            assertRefused(KEY, headers, "301 s from the time here; allowed are 300");
        }
    }

    @Test
    void theToleranceIsTheCallers() throws WebhookVerificationException {
        var headers = signed(KEY, NOW.minus(Duration.ofDays(3)));
        var patient = verifier(KEY).withTolerance(Duration.ofDays(4));
        assertThat(patient.verify(headers::get, BODY).timestamp()).isEqualTo(NOW.minus(Duration.ofDays(3)));
        assertThatThrownBy(() -> verifier(KEY).withTolerance(Duration.ofSeconds(-1)))
                .hasMessageContaining("negative");
    }

    /** While keys are exchanged, the sender signs with both, or the receiver knows both. */
    @Test
    void oneOfSeveralSignaturesAndKeysIsEnough() throws WebhookVerificationException {
        var old = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        var asymmetric = WebhookKey.generate(WebhookKey.Kind.ED25519);
        var headers = signed(old, NOW);
        headers.merge(
                "webhook-signature",
                asymmetric.sign("msg-1", NOW.getEpochSecond(), BODY) + " v9,unheardOf nonsense",
                (a, b) -> a + " " + b);
        assertThat(verifier(asymmetric).verify(headers::get, BODY).id()).isEqualTo("msg-1");
        var both = WebhookVerifier.of(KEY.verifier(), old.verifier()).withClock(() -> NOW);
        assertThat(both.verify(headers::get, BODY).id()).isEqualTo("msg-1");
    }

    /** A signature of one kind must not be taken for one of the other. */
    @Test
    void theVersionIsPartOfTheSignature() {
        var headers = signed(KEY, NOW);
        headers.computeIfPresent("webhook-signature", (name, value) -> value.replace("v1,", "v1a,"));
        assertRefused(KEY, headers, "no signature holds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void allThreeHeadersAreNeeded(String name) {
        var headers = signed(KEY, NOW);
        headers.remove(name);
        assertRefused(KEY, headers, "the header " + name + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "webhook-id, a.b, webhook-id is malformed",
        "webhook-timestamp, -1, no number of seconds",
        "webhook-timestamp, 1e9, no number of seconds",
        "webhook-timestamp, 99999999999999999999, no number of seconds",
        "webhook-signature, 'v1,%%%', no signature holds",
        "webhook-signature, '', no signature holds"
    })
    void malformedHeadersAreRefused(String name, String value, String problem) {
        var headers = signed(KEY, NOW);
        headers.put(name, value);
        assertRefused(KEY, headers, problem);
    }

    @Test
    void noMoreSignaturesThanFitAreLookedAt() {
        var headers = signed(KEY, NOW);
        headers.computeIfPresent("webhook-signature", (name, value) -> "v1,AAAA ".repeat(2_000) + value);
        assertRefused(KEY, headers, "too long");
    }

    @Test
    void needsAKey() {
        assertThatThrownBy(WebhookVerifier::of).hasMessageContaining("at least one key");
        assertThatThrownBy(() -> WebhookVerifier.of("whpk_c2hvcnQ=")).hasMessageContaining("instead of 32");
    }

    private static void assertRefused(WebhookKey key, Map<String, String> headers, String problem) {
        assertThatThrownBy(() -> verifier(key).verify(headers::get, BODY))
                .isInstanceOf(WebhookVerificationException.class)
                .hasMessageContaining(problem);
    }

    private static WebhookVerifier verifier(WebhookKey key) {
        return WebhookVerifier.of(key.verifier()).withClock(() -> NOW);
    }

    private static Map<String, String> signed(WebhookKey key, Instant at) {
        Map<String, String> headers = new HashMap<>();
        headers.put("webhook-id", "msg-1");
        headers.put("webhook-timestamp", Long.toString(at.getEpochSecond()));
        headers.put("webhook-signature", key.sign("msg-1", at.getEpochSecond(), BODY));
        return headers;
    }
}
