package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.http.HttpAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers as Amazon's API reference has them. */
class SnsProviderTest {
    private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");
    private static final URI FRANKFURT = URI.create("https://sns.eu-central-1.amazonaws.com");
    private static final SnsProvider SNS =
            SnsProvider.of(FRANKFURT, "AKIDEXAMPLE", "s3cret", "Signalbox", InstantSource.fixed(NOW));

    /** The vector post-x-www-form-urlencoded of the test suite that Amazon published for Signature Version 4. */
    @Test
    void signsAsThePublishedVectorDoes() {
        var signature =
                new AwsSignature("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service");
        assertThat(AwsSignature.time(NOW)).isEqualTo("20150830T123600Z");
        assertThat(signature.authorization(
                        "example.amazonaws.com",
                        "application/x-www-form-urlencoded",
                        "Param1=value1".getBytes(StandardCharsets.UTF_8),
                        NOW))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                        + " SignedHeaders=content-type;host;x-amz-date,"
                        + " Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    @Test
    void asksAsTheirApiWantsIt() {
        Written request = Written.of(SNS.request(new SmsMessage("+61491570006", "a b", "k")));
        assertThat(request.head())
                .startsWith("POST / HTTP/1.1\r\nHost: sns.eu-central-1.amazonaws.com\r\n")
                .contains("X-Amz-Date: 20150830T123600Z\r\n")
                .contains("Credential=AKIDEXAMPLE/20150830/eu-central-1/sns/aws4_request")
                .contains("Content-Type: application/x-www-form-urlencoded\r\n");
        assertThat(request.body())
                .isEqualTo("Action=Publish&Version=2010-03-31&PhoneNumber=%2B61491570006&Message=a+b"
                        + "&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SenderID"
                        + "&MessageAttributes.entry.1.Value.DataType=String"
                        + "&MessageAttributes.entry.1.Value.StringValue=Signalbox");
    }

    @Test
    void keepsTheMessagesId() {
        String body = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>"
                + "94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>";
        assertThat(SNS.result(new HttpAnswer(200, Map.of(), body, true), NOW))
                .isEqualTo(new Accepted(Optional.of("94f20ce6-13c5-43a0-9a9e-ca52d816e90b")));
        assertThat(Meanings.of(SNS.result(new HttpAnswer(200, Map.of(), body, false), NOW)))
                .isEqualTo("unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "200,'',unknown",
        "201,'',unknown",
        "400,Throttling,not sent",
        "429,Throttled,not sent",
        "400,OptedOut,rejected",
        "400,InvalidParameter,rejected",
        "400,IncompleteSignature,account",
        "403,InvalidClientTokenId,account",
        "403,SignatureDoesNotMatch,account",
        "403,'',account",
        "500,InternalError,unknown",
        "503,ServiceUnavailable,unknown"
    })
    void anAnswerMeansWhatTheirCodesSay(int status, String code, String meaning) {
        String body = "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code></Error></ErrorResponse>";
        assertThat(Meanings.of(SNS.result(new HttpAnswer(status, Map.of(), body, true), NOW)))
                .isEqualTo(meaning);
    }

    @Test
    void needsARegionAndShowsNoSecret() {
        assertThat(SNS.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> SnsProvider.of(
                        URI.create("https://example.com"), "AKID", "s3cret", "Me", InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("region")
                .doesNotContain("s3cret");
    }
}
