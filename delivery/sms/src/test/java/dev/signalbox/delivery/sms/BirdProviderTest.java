package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.http.HttpAnswer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers as Bird's public description of its Channels API has them. */
class BirdProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String WORKSPACE = "a1405560-c8d3-4b1a-877d-3f449ad95352";
    private static final String CHANNEL = "c0ffee00-0000-4000-8000-000000000001";
    private static final BirdProvider BIRD = BirdProvider.of(BirdProvider.USUAL_URL, WORKSPACE, CHANNEL, "s3cret");

    @Test
    void asksAsTheirApiWantsIt() {
        Written request = Written.of(BIRD.request(new SmsMessage("+31612345678", "a \"b\" é", "key-1")));
        assertThat(request.head())
                .startsWith("POST /workspaces/" + WORKSPACE + "/channels/" + CHANNEL
                        + "/messages HTTP/1.1\r\nHost: api.bird.com\r\n")
                .contains("Authorization: AccessKey s3cret\r\n")
                .contains("Content-Type: application/json\r\n");
        assertThat(request.body())
                .isEqualTo(
                        "{\"receiver\":{\"contacts\":[{\"identifierValue\":\"+31612345678\"}]},"
                                + "\"body\":{\"type\":\"text\",\"text\":{\"text\":\"a \\\"b\\\" é\"}},\"reference\":\"key-1\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "202|{\"id\":\"8d4a2a1e-7d4c-4a51-8f36-0c6b4f3b5a10\",\"status\":\"accepted\"}|accepted",
                "202|{}|unknown",
                "200|{\"id\":\"1\"}|unknown",
                "401|''|account",
                "403|{\"code\":\"Forbidden\"}|account",
                "404|''|account",
                "422|{\"code\":\"InvalidPayload\"}|rejected",
                "429|''|not sent",
                "500|''|unknown",
                "503|''|unknown"
            })
    void anAnswerMeansWhatTheirStatusesSay(int status, String body, String meaning) {
        assertThat(Meanings.of(BIRD.result(new HttpAnswer(status, Map.of(), body, true), NOW)))
                .isEqualTo(meaning);
    }

    @Test
    void keepsTheMessagesIdAndShowsNoKey() {
        var answer = new HttpAnswer(202, Map.of(), "{\"id\":\"8d4a\"}", true);
        assertThat(BIRD.result(answer, NOW)).isEqualTo(new Accepted(Optional.of("8d4a")));
        assertThat(BIRD.keyLifetime()).isZero();
        assertThat(BIRD.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> BirdProvider.of(BirdProvider.USUAL_URL, "w", CHANNEL, "s3cret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
    }
}
