package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.http.HttpAnswer;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers as Sinch's public description of its SMS API has them. */
class SinchProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final SinchProvider SINCH =
            SinchProvider.of(SinchProvider.USUAL_URL, "plan-1_a", "s3cret", "+15005550006");

    @Test
    void asksAsTheirApiWantsIt() {
        Written request = Written.of(SINCH.request(new SmsMessage("+61491570006", "a \"b\" é", "key-1")));
        assertThat(request.head())
                .startsWith("POST /xms/v1/plan-1_a/batches HTTP/1.1\r\nHost: us.sms.api.sinch.com\r\n")
                .contains("Authorization: Bearer s3cret\r\n")
                .contains("Content-Type: application/json\r\n");
        assertThat(request.body())
                .isEqualTo("{\"from\":\"+15005550006\",\"to\":[\"+61491570006\"],\"body\":\"a \\\"b\\\" é\","
                        + "\"client_reference\":\"key-1\"}");
        var reported = SINCH.withCallback(URI.create("https://box.example/in"));
        assertThat(Written.of(reported.request(new SmsMessage("+1", "x", "k"))).body())
                .contains("\"delivery_report\":\"per_recipient\",\"callback_url\":\"https://box.example/in\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "201|{\"id\":\"01FC66621XXXXX119Z8PMV1QPQ\"}|accepted",
                "201|{}|unknown",
                "200|{\"id\":\"1\"}|unknown",
                "400|{\"code\":\"syntax_invalid_parameter_format\",\"text\":\"…\"}|rejected",
                "401|''|account",
                "403|{\"code\":\"forbidden\"}|account",
                "404|''|account",
                "409|''|unknown",
                "429|''|not sent",
                "500|''|unknown",
                "503|''|unknown"
            })
    void anAnswerMeansWhatTheirStatusesSay(int status, String body, String meaning) {
        assertThat(Meanings.of(SINCH.result(new HttpAnswer(status, Map.of(), body, true), NOW)))
                .isEqualTo(meaning);
    }

    @Test
    void keepsTheBatchesIdAndShowsNoToken() {
        var answer = new HttpAnswer(201, Map.of(), "{\"id\":\"01FC\"}", true);
        assertThat(SINCH.result(answer, NOW)).isEqualTo(new Accepted(Optional.of("01FC")));
        assertThat(SINCH.keyLifetime()).isZero();
        assertThat(SINCH.toString()).doesNotContain("s3cret");
    }
}
