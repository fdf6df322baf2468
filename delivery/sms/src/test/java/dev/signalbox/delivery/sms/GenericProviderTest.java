package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Rejected;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the answers of a configured provider mean. */
class GenericProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final GenericProvider USUAL = GenericProvider.of(URI.create("https://sms.example/send"), "s3cret");

    private static SendResult result(GenericProvider provider, int status, String body) {
        return provider.result(new HttpAnswer(status, Map.of(), body, true), NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "200,accepted",
        "201,accepted",
        "202,accepted",
        "203,unknown",
        "204,unknown",
        "206,unknown",
        "301,account",
        "302,account",
        "303,account",
        "304,unknown",
        "307,account",
        "308,account",
        "400,rejected",
        "401,account",
        "402,account",
        "403,account",
        "404,account",
        "405,account",
        "407,account",
        "408,unknown",
        "409,unknown",
        "410,rejected",
        "413,rejected",
        "421,account",
        "422,rejected",
        "425,unknown",
        "429,not sent",
        "451,rejected",
        "500,unknown",
        "502,unknown",
        "503,unknown",
        "504,unknown",
        "599,unknown",
        "999,unknown"
    })
    void aStatusMeansWhatTheTableSays(int status, String meaning) {
        assertThat(Meanings.of(result(USUAL, status, "{\"messageId\":\"7\"}"))).isEqualTo(meaning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"status\":\"failed\"}",
                "{\"error\":\"no credit\"}",
                "{\"messageId\":\"\"}",
                "{\"messageId\":\" \"}",
                "{\"messageId\":null}",
                "{\"messageId\":{\"a\":1}}",
                "{\"messageId\":[\"7\"]}",
                "[{\"messageId\":\"7\"}]",
                "\"7\"",
                "<html>",
                "{\"messageId\":\"7\"} {}"
            })
    void withoutAMessageIdNothingIsSentForSureAndTheAnswerIsOnRecord(String body) {
        var result = result(USUAL, 200, body);
        assertThat(Meanings.of(result)).isEqualTo("unknown");
        assertThat(((Unknown) result).reason()).contains("200").contains(body).contains("no message id at /messageId");
    }

    @Test
    void anAnswerThatBrokeOffIsNoAcceptance() {
        var answer = new HttpAnswer(200, Map.of(), "{\"messageId\":\"7\"}", false);
        assertThat(Meanings.of(USUAL.result(answer, NOW))).isEqualTo("unknown");
    }

    @ParameterizedTest
    @CsvSource({"/messageId,'{\"messageId\":7}',7", "/messages/0/id,'{\"messages\":[{\"id\":\"x\"}]}',x"})
    void theIdIsWhereTheContractHasIt(String place, String body, String id) {
        assertThat(result(USUAL.withId(place), 200, body)).isEqualTo(new Accepted(Optional.of(id)));
    }

    @Test
    void withoutAPlaceForAnIdTheStatusIsTheAnswer() {
        assertThat(result(USUAL.withId(""), 200, "")).isEqualTo(new Accepted(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"messageId\":\"7\",\"status\":\"failed\"}|rejected",
                "{\"messageId\":\"7\",\"status\":\"queued\"}|accepted",
                "{\"messageId\":\"7\",\"error\":{\"code\":1}}|rejected",
                "{\"error\":\"no credit\"}|rejected",
                "{\"messageId\":\"7\",\"error\":null}|accepted"
            })
    void theContractSaysWhatInASuccessIsAFailure(String body, String meaning) {
        var provider = USUAL.withFailures(List.of("/status=failed", "/error"));
        assertThat(Meanings.of(result(provider, 200, body))).isEqualTo(meaning);
    }

    @Test
    void theContractSaysWhatAStatusMeans() {
        var provider = USUAL.withStatuses(
                        StatusContract.usual().with("503=not-sent, 520-529=account,400=unknown,204=accepted"))
                .withId("");
        assertThat(Meanings.of(result(provider, 503, ""))).isEqualTo("not sent");
        assertThat(Meanings.of(result(provider, 520, ""))).isEqualTo("account");
        assertThat(Meanings.of(result(provider, 529, ""))).isEqualTo("account");
        assertThat(Meanings.of(result(provider, 530, ""))).isEqualTo("unknown");
        assertThat(Meanings.of(result(provider, 400, ""))).isEqualTo("unknown");
        assertThat(Meanings.of(result(provider, 204, ""))).isEqualTo("accepted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "503",
                "503=later",
                "99=unknown",
                "1000=unknown",
                "529-520=unknown",
                "503:not-sent",
                "100=unknown"
            })
    void refusesARuleThatItCannotRead(String rule) {
        assertThatThrownBy(() -> StatusContract.usual().with(rule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(rule)
                .hasMessageContaining("not-sent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120|PT2M",
                "999999999|PT1H",
                "99999999999999999999|PT1H",
                "-5|",
                "soon|",
                "Sat, 21 Nov 2026 10:00:30 GMT|PT30S",
                "Saturday, 21-Nov-26 10:00:30 GMT|PT30S",
                "Sat Nov 21 10:00:30 2026|PT30S",
                "Sat, 21 Nov 2026 09:00:00 GMT|PT0S",
                "Sun, 22 Nov 2026 10:00:00 GMT|PT1H"
            })
    void waitsAsLongAsTheProviderAsksButNoLongerThanAnHour(String header, Duration wait) {
        var answer = new HttpAnswer(429, Map.of("retry-after", header), "", true);
        assertThat(((NotSent) USUAL.result(answer, NOW)).retryAfter()).isEqualTo(Optional.ofNullable(wait));
    }

    @Test
    void quotesABoundedPartOfTheAnswerOnOneLine() {
        var result = (Rejected) result(USUAL, 400, "bad\r\nnumber" + "!".repeat(5_000));
        assertThat(result.reason())
                .startsWith("the provider answered 400: bad number!!!")
                .hasSizeLessThan(260)
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{\"to\":{{to}},\"text\":\"{{text}}\"}",
                "{\"to\":\"{{to}}\",{{text}}}",
                "{\"to\":\"{{to}}\"}",
                "[\"{{to}}\",\"{{text}}\"]",
                "{\"to\":\"{{to}}\",\"text\":\"{{text}}\"} {}"
            })
    void refusesABodyThatIsNoJsonOrThatATextCouldBreak(String template) {
        assertThatThrownBy(() -> USUAL.withBody(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("body");
    }

    @Test
    void theUsualBodyWhichIsNotCheckedElsewhereIsRight() {
        assertThatCode(() -> BodyTemplate.of(GenericProvider.USUAL_BODY).check(GenericProvider.USUAL_BODY))
                .doesNotThrowAnyException();
    }

    @Test
    void fillsABodyWithoutLettingATextBreakOut() {
        var body = BodyTemplate.of("{\"msg\":{\"r\":[\"{{to}}\"],\"t\":\"{{text}} ({{key}})\"}}");
        var filled = new String(
                body.fill(new SmsMessage("+1", "a\"}],\"x\":\"\\\n{{key}} é👋", "k")), StandardCharsets.UTF_8);
        assertThat(filled)
                .isEqualTo("{\"msg\":{\"r\":[\"+1\"],\"t\":\"a\\\"}],\\\"x\\\":\\\"\\\\\\n{{key}} é👋 (k)\"}}");
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> GenericProvider.of(URI.create("ftp://host/"), "t"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GenericProvider.of(USUAL.url(), "s3cret\r\nX-Injected: 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("s3cret");
        assertThatThrownBy(() -> USUAL.withId("messageId")).hasMessageContaining("JSON pointer");
        assertThatThrownBy(() -> USUAL.withFailures(List.of("status=failed"))).hasMessageContaining("JSON pointer");
        assertThatThrownBy(() -> USUAL.withKeyLifetime(Duration.ofSeconds(-1))).hasMessageContaining("keyLifetime");
    }

    @Test
    void neverShowsTheToken() {
        assertThat(USUAL.toString()).doesNotContain("s3cret").contains("sms.example");
    }
}
