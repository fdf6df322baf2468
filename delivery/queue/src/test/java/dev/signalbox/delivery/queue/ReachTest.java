package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

    @Test
    void buildsAChain() {
        Reach reach = Reach.to(Channel.LIVE, "alice")
                .within(Duration.ofSeconds(5))
                .then(Channel.SMS, "+61400000000")
                .body("hello")
                .header("a", "b")
                .dedupeKey("k")
                .priority(1)
                .at(NOW)
                .expiresAt(NOW.plusSeconds(1))
                .maxAttempts(3)
                .build();
        assertThat(reach.steps())
                .containsExactly(Step.parse("client:alice within 5s"), Step.to(Channel.SMS, "+61400000000"));
        assertThat(reach.at()).contains(Instant.parse("2026-03-01T12:00:00.123456Z"));
        assertThat(reach.id().version()).isEqualTo(7);
        assertThat(reach.maxAttempts()).isEqualTo(3);
    }

    @Test
    void defaultsAreStated() {
        Reach reach = Reach.to("sms:+61400000000").body("hello").build();
        assertThat(reach.priority()).isEqualTo(Reach.DEFAULT_PRIORITY);
        assertThat(reach.maxAttempts()).isEqualTo(Reach.DEFAULT_MAX_ATTEMPTS);
        assertThat(reach.dedupeKey()).isEmpty();
        assertThat(reach.at()).isEmpty();
        assertThat(reach.expiresAt()).isEmpty();
    }

    @Test
    void idsAscend() {
        UUID last = Ids.next();
        for (int i = 0; i < 10_000; i++) {
            UUID next = Ids.next();
            assertThat(next.toString()).isGreaterThan(last.toString());
            assertThat(next.variant()).isEqualTo(2);
            last = next;
        }
    }

    @Test
    void everyLimitNamesItsField() {
        refused("body", reach -> reach.body(""));
        refused("body", reach -> reach.body("x".repeat(64 * 1024 + 1)));
        refused("body", reach -> reach.body("ü".repeat(32 * 1024 + 1)));
        refused("body", reach -> reach.body("nul \0"));
        refused("body", reach -> reach.body("half a pair \ud83d!"));
        refused("dedupe key", reach -> reach.dedupeKey("x".repeat(201)));
        refused("dedupe key", reach -> reach.dedupeKey(""));
        refused("priority", reach -> reach.priority(10));
        refused("priority", reach -> reach.priority(-1));
        refused("attempts", reach -> reach.maxAttempts(0));
        refused("attempts", reach -> reach.maxAttempts(101));
        refused("expiry", reach -> reach.at(NOW).expiresAt(NOW));
        refused("time", reach -> reach.at(Instant.MAX));
        refused("header", reach -> reach.header("", "x"));
        refused("header 'long'", reach -> reach.header("long", "x".repeat(1025)));
        for (String bad : List.of("a\r\nb", "a\nb", "a\0b", "a\tb", "a\u001b[31mb", "a\u007fb", "a\u0085b")) {
            refused("header", reach -> reach.header("subject", bad));
            refused("header name", reach -> reach.header(bad, "x"));
        }
        refused("header name", reach -> reach.header("a b", "x"));
        refused("header name", reach -> reach.header("a:b", "x"));
        refused("header name", reach -> reach.header("n".repeat(65), "x"));
        refused("headers", reach -> {
            for (int i = 0; i < 33; i++) {
                reach.header("h" + i, "x");
            }
        });
        refused("steps", reach -> {
            for (int i = 0; i < 8; i++) {
                reach.then(Channel.SMS, "+61400000000");
            }
        });
    }

    private static void refused(String field, Consumer<Reach.Builder> change) {
        Reach.Builder reach = Reach.to("sms:+61400000000").body("hello");
        change.accept(reach);
        assertThatIllegalArgumentException().isThrownBy(reach::build).withMessageStartingWith(field);
    }

    @Test
    void largestBodyFits() {
        assertThat(Reach.to("sms:+61400000000")
                        .body("ü".repeat(32 * 1024))
                        .build()
                        .body())
                .hasSize(32 * 1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sms:+61400000000",
                "client:alice within 5s",
                "client:alice within 1500ms",
                "email:a b@example.com",
                "webhook:https://example.com:8080/x?y=z",
                "client:: within 60s",
                "client:x within reach"
            })
    void stepsAreWrittenAsTheyAreRead(String text) {
        assertThat(Step.parse(text).toString()).isEqualTo(text);
    }

    @Test
    void unitsOfTimeAreRead() {
        assertThat(Step.parse("client:a within 2m").within()).contains(Duration.ofMinutes(2));
        assertThat(Step.parse("client:a within 3h").within()).contains(Duration.ofHours(3));
        assertThat(Step.parse("client:a within 30d").within()).contains(Duration.ofDays(30));
        assertThat(Step.parse(Step.parse("client:a within 30d")
                                .within(Duration.ofMillis(2_591_999_999L))
                                .toString())
                        .within())
                .contains(Duration.ofMillis(2_591_999_999L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                ":alice",
                "SMS:+61400000000",
                "sms:",
                "client:a within 0s",
                "client:a within 31d",
                "client:a\nsms:b",
                "client:a within 1s within 1s"
            })
    void malformedStepIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Step.parse(text));
    }

    @Test
    void addressThatLooksLikeALimitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Step(Channel.LIVE, "a within 5s", Optional.empty()))
                .withMessageStartingWith("address");
    }
}
