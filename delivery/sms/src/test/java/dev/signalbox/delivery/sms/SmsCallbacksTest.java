package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as the providers' public descriptions have them; the signatures were computed by Python's hmac and hashlib. */
class SmsCallbacksTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:04:59Z");
    private static final String KEY = "0197f0a0-0000-7000-8000-000000000001";
    private static final URI HERE = URI.create("https://box.example/callbacks/sms");
    private static final String FORM = "application/x-www-form-urlencoded";

    private static final String TWILIO_REPORT = "SmsSid=SM1234567890abcdef1234567890abcdef&SmsStatus=delivered"
            + "&MessageStatus=delivered&To=%2B15558675310&MessageSid=SM1234567890abcdef1234567890abcdef"
            + "&AccountSid=AC1234567890abcdef1234567890abcdef&From=%2B15017122661&ApiVersion=2010-04-01";
    private static final String TWILIO_TEXT = "ToCountry=US&SmsMessageSid=SM1&NumMedia=0&FromZip=&SmsSid=SM1&Body=Stop."
            + "&To=%2B15017122661&From=%2B15558675310&ApiVersion=2010-04-01&MessageSid=SM1&AccountSid=AC1&SmsStatus=received";
    private static final String VONAGE_REPORT = "msisdn=447700900000&to=AcmeInc&network-code=12345"
            + "&messageId=0A0000001234567B&price=0.03330000&status=delivered&scts=2001011400&err-code=0&api-key=abcd1234"
            + "&client-ref=" + KEY + ".1&message-timestamp=2026-11-26+12%3A00%3A00&timestamp=1795694400"
            + "&nonce=aaaaaaaa-bbbb-cccc-dddd-0123456789ab&empty=";
    private static final String VONAGE_TEXT = """
            {"msisdn": "447700900001", "to": "447700900000", "messageId": "0A0000000123ABCD1", "text": "STOP & go = no",\
             "type": "text", "keyword": "STOP", "api-key": "abcd1234", "message-timestamp": "2026-11-26 12:00:00",\
             "timestamp": "1795694400", "nonce": "n", "sig": "SIGNATURE"}""";
    private static final String SINCH_REPORT = "{\"at\":\"2026-11-26T12:00:00.000Z\","
            + "\"batch_id\":\"01FC66621XXXXX119Z8PMV1QPQ\",\"client_reference\":\"" + KEY + "\",\"code\":0,"
            + "\"operator_status_at\":\"2026-11-26T12:00:00Z\",\"recipient\":\"44231235674\",\"status\":\"Delivered\","
            + "\"type\":\"recipient_delivery_report_sms\"}";
    private static final String SINCH_TEXT =
            "{\"body\":\"stop\",\"from\":\"16051234567\",\"id\":\"01XXXXX21XXXXX119Z8P1XXXXX\","
                    + "\"operator_id\":\"310260\",\"received_at\":\"2026-11-26T12:00:00.000Z\",\"to\":\"13185551234\",\"type\":\"mo_text\"}";
    private static final String BIRD_REPORT = "{\"service\":\"channels\",\"event\":\"sms.outbound\",\"payload\":"
            + "{\"id\":\"8d4a2a1e-7d4c-4a51-8f36-0c6b4f3b5a10\",\"channelId\":\"c0ffee00-0000-4000-8000-000000000001\","
            + "\"reference\":\"" + KEY + "\",\"body\":{\"type\":\"text\",\"text\":{\"text\":\"Hello\"}},"
            + "\"status\":\"delivery_failed\",\"reason\":\"absent subscriber\",\"direction\":\"outgoing\"}}";
    private static final String BIRD_TEXT = "{\"service\":\"channels\",\"event\":\"sms.inbound\",\"payload\":"
            + "{\"id\":\"9d4a2a1e-7d4c-4a51-8f36-0c6b4f3b5a10\",\"sender\":{\"contact\":{\"id\":\"1\","
            + "\"identifierKey\":\"phonenumber\",\"identifierValue\":\"+31612345678\"}},\"body\":{\"type\":\"text\","
            + "\"text\":{\"text\":\"Start\"}},\"status\":\"delivered\",\"direction\":\"incoming\"}}";

    private final SmsCallbacks twilio = SmsCallbacks.twilio(HERE, "12345");
    private final SmsCallbacks sinch = SmsCallbacks.sinch("foo_secret1234", () -> NOW);
    private final SmsCallbacks bird = SmsCallbacks.bird(HERE, "bird-key", () -> NOW);

    @Test
    void twilioReports() {
        assertThat(twilio.read(twilioRequest("ref=" + KEY, "aNaFb4+K50C+Ou4ifYSDRxXqalY=", TWILIO_REPORT)))
                .containsExactly(new SmsEvent.Report(
                        KEY, "SM1234567890abcdef1234567890abcdef", Status.DELIVERED, Optional.of("delivered")));
        String failed = TWILIO_REPORT.replace("=delivered", "=undelivered") + "&ErrorCode=30003";
        assertThat(twilio.read(twilioRequest("ref=" + KEY, "HADTm9A23+H3crfG8CZaeqL8CC4=", failed)))
                .containsExactly(new SmsEvent.Report(
                        KEY,
                        "SM1234567890abcdef1234567890abcdef",
                        Status.UNDELIVERED,
                        Optional.of("undelivered 30003")));
        refused(twilio, twilioRequest("ref=another", "aNaFb4+K50C+Ou4ifYSDRxXqalY=", TWILIO_REPORT));
        refused(twilio, twilioRequest("ref=" + KEY, "aNaFb4+K50C+Ou4ifYSDRxXqalY=", failed));
        refused(twilio, request(FORM, Map.of(), TWILIO_REPORT));
    }

    @Test
    void twilioPassesOnTexts() {
        assertThat(twilio.read(twilioRequest("", "5TdTEkgOnQDDTNTbzCkBhMldsSg=", TWILIO_TEXT)))
                .containsExactly(new SmsEvent.Text("+15558675310", "Stop."));
    }

    @ParameterizedTest
    @CsvSource({
        "MD5HASH, b38bb06d1340531251ccdb9c66e1a2c2",
        "MD5, 0dd63f318479ec72fcba3eef825b9a0e",
        "SHA1, 25b3edfa5dcd4d20c933574ef192de183ba7aca1",
        "SHA256, E23869FD0AB6F47865085A73CB928CA620961F7A17E4F818927DF29DED136682",
        "SHA512, 05afaad6277fd8f7e2c79ff98b1275a9a4f6e44b70a8643403e3d7a0abdc7ee0d848cb1f4de3da55b994ccd163430150ff2f13a345d17eb7622af432eae84c8a"
    })
    void vonageReports(VonageSignature method, String signature) {
        SmsCallbacks vonage = vonage(method, NOW);
        assertThat(vonage.read(request(FORM, Map.of(), VONAGE_REPORT + "&sig=" + signature)))
                .containsExactly(new SmsEvent.Report(
                        KEY + ".1", "0A0000001234567B", Status.DELIVERED, Optional.of("delivered 0")));
        refused(vonage, request(FORM, Map.of(), VONAGE_REPORT.replace("delivered", "failed") + "&sig=" + signature));
        refused(vonage, request(FORM, Map.of(), VONAGE_REPORT));
        SmsCallbacks later = vonage(method, NOW.plus(Duration.ofSeconds(2)));
        assertThatThrownBy(() -> later.read(request(FORM, Map.of(), VONAGE_REPORT + "&sig=" + signature)))
                .hasMessageContaining("five minutes");
    }

    @Test
    void vonagePassesOnTexts() {
        String body =
                VONAGE_TEXT.replace("SIGNATURE", "1d13b8092c332982a8746c15eb1f55b05bc775b61bf18eefefc046247df74517");
        assertThat(vonage(VonageSignature.SHA256, NOW).read(request("application/json", Map.of(), body)))
                .containsExactly(new SmsEvent.Text("+447700900001", "STOP & go = no"));
        refused(vonage(VonageSignature.SHA1, NOW), request("application/json", Map.of(), body));
        refused(vonage(VonageSignature.SHA256, NOW), request("application/json", Map.of(), "{"));
    }

    @Test
    void sinchReportsAndPassesOnTexts() {
        assertThat(sinch.read(sinchRequest("YSbO3NvYZZ7xKVHsZCta5G3JElX7ubHc9Ou2eAHpad0=", "1795694400", SINCH_REPORT)))
                .containsExactly(new SmsEvent.Report(
                        KEY, "01FC66621XXXXX119Z8PMV1QPQ", Status.DELIVERED, Optional.of("Delivered 0")));
        assertThat(sinch.read(sinchRequest("0Wp43lM74ocqYMz+Z9SaJiPLWyncHCm7mty7W7Rgnd8=", "1795694400", SINCH_TEXT)))
                .containsExactly(new SmsEvent.Text("+16051234567", "stop"));
        refused(sinch, sinchRequest("YSbO3NvYZZ7xKVHsZCta5G3JElX7ubHc9Ou2eAHpad0=", "1795694400", SINCH_TEXT));
        refused(sinch, sinchRequest("YSbO3NvYZZ7xKVHsZCta5G3JElX7ubHc9Ou2eAHpad0=", "1795694401", SINCH_REPORT));
        refused(sinch, request("application/json", Map.of(), SINCH_REPORT));
        SmsCallbacks later = SmsCallbacks.sinch("foo_secret1234", () -> NOW.plusSeconds(2));
        refused(later, sinchRequest("YSbO3NvYZZ7xKVHsZCta5G3JElX7ubHc9Ou2eAHpad0=", "1795694400", SINCH_REPORT));
    }

    @Test
    void birdReportsAndPassesOnTexts() {
        assertThat(bird.read(birdRequest("mhNjhtyo1ns7+Cw0hGEikCYfYxX/UIxjRakIOZLOD8A=", BIRD_REPORT)))
                .containsExactly(new SmsEvent.Report(
                        KEY,
                        "8d4a2a1e-7d4c-4a51-8f36-0c6b4f3b5a10",
                        Status.UNDELIVERED,
                        Optional.of("delivery_failed absent subscriber")));
        assertThat(bird.read(birdRequest("tGvKZ20yRvOsMlKifyzTegQXx/7CxW+CAnX/F6zbOBQ=", BIRD_TEXT)))
                .containsExactly(new SmsEvent.Text("+31612345678", "Start"));
        refused(bird, birdRequest("mhNjhtyo1ns7+Cw0hGEikCYfYxX/UIxjRakIOZLOD8A=", BIRD_TEXT));
        URI elsewhere = URI.create("https://other.example/callbacks/sms");
        refused(
                SmsCallbacks.bird(elsewhere, "bird-key", () -> NOW),
                birdRequest("mhNjhtyo1ns7+Cw0hGEikCYfYxX/UIxjRakIOZLOD8A=", BIRD_REPORT));
    }

    @Test
    void whatIsOfNoInterestIsNothing() {
        assertThat(sinch.read(sinchRequest(
                        "EOZvelR4Bbhxoj2Xpa85TvJimzmapGAXd5he+mEotIU=", "1795694400", "{\"type\":\"mo_binary\"}")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, STOP",
        "' stop. ', STOP",
        "Unsubscribe!, STOP",
        "opt-out, STOP",
        "Start, START",
        "yes, START",
        "help?, HELP",
        "stop it please, ''",
        "'', ''",
        "nonstop, ''"
    })
    void aKeywordIsOneAlone(String text, String keyword) {
        assertThat(SmsKeyword.of(text).map(Enum::name).orElse("")).isEqualTo(keyword);
    }

    private static SmsCallbacks vonage(VonageSignature method, Instant now) {
        return SmsCallbacks.vonage(method, "abcdefg123456789", () -> now);
    }

    private static void refused(SmsCallbacks callbacks, SmsCallback request) {
        assertThatThrownBy(() -> callbacks.read(request)).isInstanceOf(SmsCallbackException.class);
    }

    private static SmsCallback twilioRequest(String query, String signature, String body) {
        return new SmsCallback(
                query, headers(FORM, Map.of("x-twilio-signature", signature)), body.getBytes(StandardCharsets.UTF_8));
    }

    private static SmsCallback sinchRequest(String signature, String timestamp, String body) {
        return request(
                "application/json",
                Map.of(
                        "x-sinch-webhook-signature",
                        signature,
                        "x-sinch-webhook-signature-nonce",
                        "01FJA8B4A7BM43YGWSG9GBV067",
                        "x-sinch-webhook-signature-timestamp",
                        timestamp),
                body);
    }

    private static SmsCallback birdRequest(String signature, String body) {
        return request(
                "application/json",
                Map.of("messagebird-signature", signature, "messagebird-request-timestamp", "1795694400"),
                body);
    }

    private static SmsCallback request(String type, Map<String, String> headers, String body) {
        return new SmsCallback("", headers(type, headers), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Function<String, Optional<String>> headers(String type, Map<String, String> headers) {
        return name -> name.equalsIgnoreCase("Content-Type")
                ? Optional.of(type)
                : Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
