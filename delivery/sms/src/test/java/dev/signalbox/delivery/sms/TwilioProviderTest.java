package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers as Twilio's OpenAPI description and its list of errors have them. */
class TwilioProviderTest {
    private static final String ACCOUNT = "AC0123456789abcdef0123456789ABCDEF";
    private static final String SID = "SM0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TwilioProvider TWILIO =
            TwilioProvider.of(TwilioProvider.USUAL_URL, ACCOUNT, "s3cret", "+15005550006");

    private static HttpAnswer answer(int status, String body) {
        return new HttpAnswer(status, Map.of(), body, true);
    }

    @Test
    void asksAsTheirApiWantsIt() {
        Written request = Written.of(TWILIO.withCallback(URI.create("https://box.example/in?a=b&c"))
                .request(new SmsMessage("+61491570006", "1 + 1 = 2 & Grüße", "k")));
        String login = Base64.getEncoder().encodeToString((ACCOUNT + ":s3cret").getBytes(StandardCharsets.UTF_8));
        assertThat(request.head())
                .startsWith(
                        "POST /2010-04-01/Accounts/" + ACCOUNT + "/Messages.json HTTP/1.1\r\nHost: api.twilio.com\r\n")
                .contains("Authorization: Basic " + login + "\r\n")
                .contains("Content-Type: application/x-www-form-urlencoded\r\n");
        assertThat(request.body())
                .isEqualTo("To=%2B61491570006&From=%2B15005550006&Body=1+%2B+1+%3D+2+%26+Gr%C3%BC%C3%9Fe"
                        + "&StatusCallback=https%3A%2F%2Fbox.example%2Fin%3Fa%3Db%26c%26ref%3Dk");
    }

    @Test
    void namesAMessagingServiceByItsSid() {
        String service = "MG0123456789abcdef0123456789abcdef";
        var provider = TwilioProvider.of(URI.create("https://api.example/"), ACCOUNT, "t", service);
        assertThat(Written.of(provider.request(new SmsMessage("+1", "x", "k"))).body())
                .isEqualTo("To=%2B1&MessagingServiceSid=" + service + "&Body=x");
        assertThat(provider.url()).hasToString("https://api.example/2010-04-01/Accounts/" + ACCOUNT + "/Messages.json");
    }

    @ParameterizedTest
    @CsvSource({"queued", "accepted", "sending", "scheduled"})
    void takesACreatedMessageForAccepted(String status) {
        var answer = answer(201, "{\"sid\":\"" + SID + "\",\"status\":\"" + status + "\",\"error_code\":null}");
        assertThat(TWILIO.result(answer, NOW)).isEqualTo(new Accepted(Optional.of(SID)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "201|{\"sid\":\"SM1\",\"status\":\"failed\",\"error_code\":30007}|rejected",
                "201|{}|unknown",
                "200|{\"sid\":\"SM1\",\"status\":\"queued\"}|unknown",
                "400|{\"code\":21211,\"message\":\"Invalid To Phone Number\",\"status\":400}|rejected",
                "400|{\"code\":21610,\"message\":\"Attempt to send to unsubscribed recipient\"}|rejected",
                "400|{\"code\":21614,\"message\":\"not a mobile number\"}|rejected",
                "400|{\"code\":21408,\"message\":\"Permission to send to this region\"}|rejected",
                "400|{\"code\":21606,\"message\":\"From is not a valid sender\"}|account",
                "400|{\"code\":21659,\"message\":\"From is not a Twilio number\"}|account",
                "400|{\"code\":21611,\"message\":\"the queue of this number is full\"}|not sent",
                "401|{\"code\":20003,\"message\":\"Authenticate\"}|account",
                "401|'<html>'|account",
                "403|{\"code\":20403}|account",
                "404|{\"code\":20404}|account",
                "409|{}|unknown",
                "429|{\"code\":20429,\"message\":\"Too Many Requests\"}|not sent",
                "500|{\"code\":20500,\"message\":\"Internal Server Error\"}|unknown",
                "502|''|unknown",
                "503|{\"code\":20503}|unknown",
                "504|''|unknown"
            })
    void anAnswerMeansWhatTheirErrorsSay(int status, String body, String meaning) {
        assertThat(Meanings.of(TWILIO.result(answer(status, body), NOW))).isEqualTo(meaning);
    }

    @Test
    void knowsNoKeysAndShowsNoToken() {
        assertThat(TWILIO.keyLifetime()).isZero();
        assertThat(TWILIO.toString()).doesNotContain("s3cret").contains("api.twilio.com");
        assertThatThrownBy(() -> TwilioProvider.of(TwilioProvider.USUAL_URL, "me", "s3cret", "+1"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("'me'")
                .doesNotContain("s3cret");
    }
}
