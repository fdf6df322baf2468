package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers write into the headers that ask for patience, and what they write there by mistake. */
class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    private static Optional<Duration> read(Map<String, String> headers) {
        return RetryAfter.of(name -> Optional.ofNullable(headers.get(name)), NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120|PT2M",
                "0|PT0S",
                "' 7 '|PT7S",
                "1.5|PT1.5S",
                "0.0000000001|PT0.000000001S",
                "Sat, 21 Nov 2026 09:00:30 GMT|PT30S",
                "Saturday, 21-Nov-26 09:00:30 GMT|PT30S",
                "Sat Nov 21 09:00:30 2026|PT30S",
                "Tue Dec  1 09:00:00 2026|PT240H",
                "Sat, 21 Nov 2026 08:00:00 GMT|PT0S",
                "Wednesday, 21-Nov-90 09:00:00 GMT|PT0S"
            })
    void secondsAndAllFormsOfDatesAreRead(String text, Duration wait) {
        assertThat(read(Map.of("retry-after", text))).contains(wait);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "31536001",
                "99999999999999999999",
                "9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
                "Sun, 21 Nov 2055 09:00:00 GMT",
                "Friday, 21-Nov-75 09:00:00 GMT"
            })
    void aWaitWithoutEndIsAYear(String text) {
        assertThat(read(Map.of("retry-after", text))).contains(RetryAfter.LONGEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "soon",
                "-5",
                "+5",
                "1e3",
                "1.",
                "٣",
                "Sat, 31 Feb 2026 25:00:00 GMT",
                "Sat, 21 Nov 2026 09:00:30 CET",
                "2026-11-21T09:00:30Z"
            })
    void whatIsNeitherAsksForNothing(String text) {
        assertThat(read(Map.of("retry-after", text))).isEmpty();
    }

    @Test
    void millisecondsAreTheFinestAndCountFirst() {
        assertThat(read(Map.of("retry-after-ms", "1250", "retry-after", "2"))).contains(Duration.ofMillis(1_250));
        assertThat(read(Map.of("x-ms-retry-after-ms", "20", "retry-after", "1")))
                .contains(Duration.ofMillis(20));
        assertThat(read(Map.of("retry-after-ms", "soon", "retry-after", "2"))).contains(Duration.ofSeconds(2));
    }

    @Test
    void aDateIsHeldAgainstTheServersOwnClock() {
        var headers = Map.of(
                "retry-after", "Fri, 01 Jan 2027 00:00:09 GMT",
                "date", "Fri, 01 Jan 2027 00:00:00 GMT");
        assertThat(read(headers)).contains(Duration.ofSeconds(9));
    }

    @Test
    void aResponseWithoutTheHeadersAsksForNothing() {
        assertThat(read(Map.of("date", "Fri, 01 Jan 2027 00:00:00 GMT"))).isEmpty();
    }
}
