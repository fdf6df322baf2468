package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HttpSmsOptionsTest {
    private static final HttpSmsOptions VALID = HttpSmsOptions.of(URI.create("https://sms.example/send"), "s3cret");

    @Test
    void hasTheDocumentedDefaults() {
        assertThat(VALID.timeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(VALID.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(VALID.concurrency()).isEqualTo(64);
        assertThat(VALID.keyLifetime()).isZero();
        assertThat(VALID.maxLength()).isEqualTo(160);
        assertThat(VALID.defaultRegion()).isEmpty();
        assertThat(VALID.caFile()).isEmpty();
        assertThat(VALID.insecure()).isFalse();
    }

    @Test
    void neverShowsTheToken() {
        assertThat(VALID.toString()).doesNotContain("s3cret").contains("sms.example");
    }

    @Test
    void refusesWhatCannotWork() {
        refused("http or https", () -> HttpSmsOptions.of(URI.create("ftp://host/"), "t"));
        refused("http or https", () -> HttpSmsOptions.of(URI.create("send"), "t"));
        refused("host", () -> HttpSmsOptions.of(URI.create("http:///send"), "t"));
        refused("credentials", () -> HttpSmsOptions.of(URI.create("http://me:pw@host/"), "t"));
        refused("ASCII", () -> HttpSmsOptions.of(VALID.url(), "t\r\nX-Injected: 1"));
        refused("timeout", () -> VALID.withTimeout(Duration.ZERO, Duration.ZERO));
        refused("connectTimeout", () -> VALID.withTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        refused("concurrency", () -> VALID.withConcurrency(0));
        refused("keyLifetime", () -> VALID.withKeyLifetime(Duration.ofSeconds(-1)));
        refused("maxLength", () -> VALID.withMaxLength(10_001));
        refused("region", () -> VALID.withDefaultRegion("Atlantis"));
    }

    @Test
    void refusesACaFileThatWouldBeIgnored() {
        refused(
                "insecure",
                () -> new HttpSmsOptions(
                        VALID.url(),
                        "t",
                        VALID.timeout(),
                        VALID.connectTimeout(),
                        1,
                        Duration.ZERO,
                        160,
                        VALID.defaultRegion(),
                        Optional.of(Path.of("ca.pem")),
                        true));
    }

    private static void refused(String word, ThrowingCallable building) {
        assertThatThrownBy(building)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(word);
    }
}
