package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.http.HttpAnswer;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers as Vonage's OpenAPI description of its SMS API has them. */
class VonageProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final VonageProvider VONAGE =
            VonageProvider.of(VonageProvider.USUAL_URL, "abcd1234", "s3cret", "Signalbox");

    private static HttpAnswer answer(String... statuses) {
        String parts = Stream.of(statuses)
                .map(status -> "{\"to\":\"61491570006\",\"message-id\":\"0A0000000123ABCD1\",\"status\":\"" + status
                        + "\",\"error-text\":\"as it is\"}")
                .collect(Collectors.joining(","));
        return answer(200, "{\"message-count\":\"" + statuses.length + "\",\"messages\":[" + parts + "]}");
    }

    private static HttpAnswer answer(int status, String body) {
        return new HttpAnswer(status, Map.of(), body, true);
    }

    @Test
    void asksAsTheirApiWantsIt() {
        var callback = VONAGE.withCallback(URI.create("https://box.example/in"));
        Written request = Written.of(callback.request(new SmsMessage("+61491570006", "a&b", "key-1")));
        assertThat(request.head()).startsWith("POST /sms/json HTTP/1.1\r\nHost: rest.nexmo.com\r\n");
        assertThat(request.body().split("&", -1))
                .containsExactlyInAnyOrder(
                        "api_key=abcd1234",
                        "api_secret=s3cret",
                        "from=Signalbox",
                        "to=61491570006",
                        "text=a%26b",
                        "type=text",
                        "client-ref=key-1",
                        "callback=https%3A%2F%2Fbox.example%2Fin");
    }

    @ParameterizedTest
    @CsvSource({"Été,text", "Grüße €,text", "Привет,unicode", "don’t,unicode"})
    void namesTheAlphabetThatTheTextNeeds(String text, String type) {
        assertThat(Written.of(VONAGE.request(new SmsMessage("+1", text, "k"))).body())
                .contains("&type=" + type + "&");
    }

    @Test
    void takesAMessageForAcceptedIfEachOfItsPartsIs() {
        assertThat(VONAGE.result(answer("0"), NOW)).isEqualTo(new Accepted(Optional.of("0A0000000123ABCD1")));
        assertThat(VONAGE.result(answer("0", "0", "0"), NOW)).isInstanceOf(Accepted.class);
        assertThat(((Unknown) VONAGE.result(answer("0", "9"), NOW)).reason()).contains("differently");
    }

    /** It answers 200 whatever happens. */
    @ParameterizedTest
    @CsvSource({
        "1,not sent",
        "2,account",
        "3,rejected",
        "4,account",
        "5,unknown",
        "6,rejected",
        "7,rejected",
        "8,account",
        "9,account",
        "10,not sent",
        "11,account",
        "12,rejected",
        "14,account",
        "15,rejected",
        "22,rejected",
        "23,account",
        "29,rejected",
        "32,account",
        "33,rejected",
        "34,unknown",
        "'',unknown"
    })
    void aStatusMeansWhatTheirDocumentationSays(String status, String meaning) {
        assertThat(Meanings.of(VONAGE.result(answer(status), NOW))).isEqualTo(meaning);
        assertThat(Meanings.of(VONAGE.result(answer(status, status), NOW))).isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|''|unknown",
                "200|{}|unknown",
                "200|{\"messages\":[]}|unknown",
                "200|{\"messages\":[{\"status\":\"0\"}]}|unknown",
                "202|{\"messages\":[{\"status\":\"0\",\"message-id\":\"1\"}]}|unknown",
                "401|''|account",
                "429|''|not sent",
                "503|''|unknown"
            })
    void anythingElseIsNoAcceptance(int status, String body, String meaning) {
        assertThat(Meanings.of(VONAGE.result(answer(status, body), NOW))).isEqualTo(meaning);
    }

    @Test
    void knowsNoKeysAndShowsNoSecret() {
        assertThat(VONAGE.keyLifetime()).isZero();
        assertThat(VONAGE.toString()).doesNotContain("s3cret").doesNotContain("abcd1234");
    }
}
