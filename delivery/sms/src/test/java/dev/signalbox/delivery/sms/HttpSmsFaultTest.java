package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Deliveries.PHONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Rejected;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.testing.services.ScriptedHttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers that break HTTP, the contract or the connection, byte for byte. */
class HttpSmsFaultTest {
    private static final String EMPTY = "\r\nContent-Length: 0\r\n\r\n";
    private static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 17\r\n\r\n{\"messageId\":\"7\"}";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "200,Accepted", "201,Accepted", "202,Accepted", "204,Unknown", "206,Unknown", "301,NotSent", "303,Unknown",
        "307,NotSent", "400,Rejected", "401,NotSent", "403,NotSent", "404,NotSent", "408,NotSent", "410,Rejected",
        "413,Rejected", "422,Rejected", "425,NotSent", "429,NotSent", "500,Unknown", "502,Unknown", "503,NotSent",
        "504,Unknown"
    })
    void meansWhatTheTableSays(int status, String result) throws Exception {
        try (var provider = ScriptedHttpServer.saying("HTTP/1.1 " + status + " Whatever" + EMPTY)) {
            assertThat(send(provider).getClass().getSimpleName()).isEqualTo(result);
        }
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
    void readsRetryAfterWithinReason(String header, Duration wait) throws Exception {
        try (var provider = ScriptedHttpServer.saying("HTTP/1.1 503 Busy\r\nRetry-After: " + header + EMPTY)) {
            assertThat(((NotSent) send(provider)).retryAfter()).isEqualTo(Optional.ofNullable(wait));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8;x=y\r\n{\"messag\r\n9\r\neId\":\"7\"}\r\n0\r\nA: b\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"messageId\":7}",
                "HTTP/1.1 200\r\ncontent-length:17\r\n\r\n{\"messageId\":\"7\"}",
                "HTTP/1.1 200 OK\nContent-Length: 17\n\n{\"messageId\":\"7\"}"
            })
    void readsEveryFramingOfAnAnswer(String answer) throws Exception {
        try (var provider = ScriptedHttpServer.saying(answer)) {
            assertThat(send(provider)).isEqualTo(new Accepted(Optional.of("7")));
        }
    }

    @Test
    void readsAnAnswerThatEndsWithTheConnection() throws Exception {
        try (var provider = ScriptedHttpServer.sayingLast("HTTP/1.0 200 OK\r\n\r\n{\"messageId\":\"7\"}")) {
            assertThat(send(provider)).isEqualTo(new Accepted(Optional.of("7")));
        }
    }

    @Test
    void readsAnAnswerThatComesByteByByte() throws Exception {
        try (var provider = ScriptedHttpServer.start((socket, request) -> {
            for (byte b : ACCEPTED.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(b);
            }
        })) {
            assertThat(send(provider)).isEqualTo(new Accepted(Optional.of("7")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"messageId\":\"\"}",
                "{\"messageId\":null}",
                "{\"messageId\":{\"a\":1}}",
                "{\"id\":\"other\"}"
            })
    void isAcceptedWithoutAnIdWhenTheJsonHasNone(String body) throws Exception {
        try (var provider =
                ScriptedHttpServer.saying("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)) {
            assertThat(send(provider)).isEqualTo(new Accepted(Optional.empty()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rubbish\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"messageId\":",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\"text\"",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{}{}"
            })
    void doesNotKnowWhatRubbishMeans(String answer) throws Exception {
        try (var provider = ScriptedHttpServer.sayingLast(answer)) {
            assertThat(send(provider)).isInstanceOf(Unknown.class);
        }
    }

    @Test
    void showsABoundedPartOfTheProvidersWordsOnOneLine() throws Exception {
        String words = "bad\r\nnumber" + "!".repeat(5_000);
        try (var provider = ScriptedHttpServer.saying(
                "HTTP/1.1 400 Bad\r\nContent-Length: " + words.length() + "\r\n\r\n" + words)) {
            assertThat(((Rejected) send(provider)).reason())
                    .startsWith("the provider answered 400: bad number!!!")
                    .hasSizeLessThan(260)
                    .doesNotContain("\n");
        }
    }

    @Test
    void givesUpOnAnAnswerThatDripsForever() throws Exception {
        var over = new CountDownLatch(1);
        try (var provider = ScriptedHttpServer.start((socket, request) -> drip(socket.getOutputStream(), over));
                var sender = sender(provider.url("/send"))) {
            long begin = System.nanoTime();
            var delivery = Deliveries.within(PHONE, "hello", Duration.ofSeconds(1));
            assertThat(sender.send(delivery)).isInstanceOf(Unknown.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            over.countDown();
        }
    }

    @Test
    void wasNotSentWhenTheHostDoesNotExist() {
        try (var sender = sender(URI.create("http://no-such-host.invalid/send"))) {
            assertThat(sender.send(Deliveries.to(PHONE, "hello")))
                    .isInstanceOfSatisfying(
                            NotSent.class, result -> assertThat(result.reason()).contains("no-such-host.invalid"));
        }
    }

    @Test
    void sendsWhatTheContractAsksForInItsHead() throws Exception {
        try (var provider = ScriptedHttpServer.saying(ACCEPTED);
                var sender = sender(URI.create(provider.url("/send") + "?account=7"))) {
            sender.send(Deliveries.to(PHONE, "hello"));
            assertThat(provider.requests().getFirst().head())
                    .startsWith("POST /send?account=7 HTTP/1.1\nHost: 127.0.0.1:" + provider.port() + "\n")
                    .contains("Authorization: Bearer secret-token\n")
                    .contains("Content-Type: application/json\n");
            assertThat(provider.requests()).hasSize(1);
        }
    }

    private static void drip(OutputStream out, CountDownLatch over) throws IOException, InterruptedException {
        do {
            out.write('H');
        } while (!over.await(50, TimeUnit.MILLISECONDS));
    }

    private static SendResult send(ScriptedHttpServer provider) {
        try (var sender = sender(provider.url("/send"))) {
            return sender.send(Deliveries.to(PHONE, "hello"));
        }
    }

    private static HttpSmsSender sender(URI url) {
        return new HttpSmsSender(
                HttpSmsOptions.of(url, "secret-token").withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(10)),
                CLOCK);
    }
}
