package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Mailpit reads in the mail that we write: a parser that no one here wrote. */
class MailpitTest {
    private static final Path PROGRAM =
            Path.of("..", ".signalbox", "mailpit", "mailpit").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static @Nullable Process mailpit;
    private static int smtp;
    private static int web;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        assumeThat(PROGRAM)
                .as(
                        "to run this test: GOBIN=$PWD/.signalbox/mailpit go install github.com/axllent/mailpit@v1.33.1, which"
                                + " takes minutes")
                .isExecutable();
        smtp = FreePort.find();
        web = FreePort.find();
        mailpit = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--smtp",
                        "127.0.0.1:" + smtp,
                        "--listen",
                        "127.0.0.1:" + web,
                        "--database",
                        folder.resolve("mail.db").toString(),
                        "--disable-version-check")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mailpit.log").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> listens(smtp) && listens(web));
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        var process = mailpit;
        if (process != null) {
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void everyPartIsReadAsItWasWritten() throws Exception {
        byte[] random = new byte[300_000];
        new Random(5).nextBytes(random);
        String id = sent(message()
                .to("Zoë <zoe@example.com>")
                .cc("bob@example.com")
                .bcc("eve@example.com")
                .replyTo("answers@example.org")
                .subject("Ihre Übersicht für März, und noch viel mehr, was in eine Zeile nicht passt")
                .text("Grüße,\n.\n..\nZoë")
                .html("<p>Grüße <img src=\"cid:logo\">")
                .image("logo", Attachment.of("logo.png", "image/png", new byte[] {1, 2, 3}))
                .attach(Attachment.of("Übersicht.bin", "application/octet-stream", random))
                .unsubscribe("https://example.org/u/1")
                .build());
        String read = text("/api/v1/message/" + id);
        assertThat(field(read, "Subject"))
                .isEqualTo("Ihre Übersicht für März, und noch viel mehr, was in eine Zeile nicht passt");
        assertThat(field(read, "Text").replace("\\r", "")).isEqualTo("Grüße,\\n.\\n..\\nZoë\\n");
        assertThat(field(read, "HTML")).contains("Grüße", "cid:logo");
        assertThat(read)
                .contains(
                        "\"Name\":\"Zoë\",\"Address\":\"zoe@example.com\"",
                        "\"bob@example.com\"",
                        "\"answers@example.org\"")
                .contains("\"FileName\":\"Übersicht.bin\"", "\"FileName\":\"logo.png\"")
                .contains("https://example.org/u/1", "List-Unsubscribe=One-Click");
        assertThat(content(id, part(read, "Übersicht.bin"))).isEqualTo(random);
        assertThat(content(id, part(read, "logo.png"))).containsExactly(1, 2, 3);
        // Mailpit itself writes who is in the envelope and in no header.
        assertThat(text("/api/v1/message/" + id + "/headers")).contains("\"Bcc\":[\"eve@example.com\"]");
    }

    @Test
    void anInviteIsACalendarPartWithItsMethod() throws Exception {
        String id = sent(message()
                .to("zoe@example.com")
                .subject("Lunch")
                .text("Lunch?")
                .invite(CalendarInvite.of("""
                        BEGIN:VCALENDAR
                        VERSION:2.0
                        PRODID:-//example//EN
                        METHOD:REQUEST
                        BEGIN:VEVENT
                        UID:1@example.org
                        DTSTAMP:20260301T120000Z
                        DTSTART:20260302T120000Z
                        SUMMARY:Lunch
                        END:VEVENT
                        END:VCALENDAR
                        """.replace("\n", "\r\n")))
                .build());
        assertThat(text("/api/v1/message/" + id + "/raw"))
                .containsPattern("(?i)content-type: text/calendar;[^\\n]*(\\r\\n\\s+[^\\n]*)*method=\"?REQUEST");
        assertThat(text("/api/v1/message/" + id)).contains("\"FileName\":\"invite.ics\"");
    }

    /** Sends it and returns the id under which it can be read. */
    private static String sent(MailMessage message) throws Exception {
        try (var sender = new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(smtp)
                .encryption(Encryption.NONE)
                .build())) {
            assertThat(sender.send(message).isComplete()).isTrue();
        }
        List<String> ids = Pattern.compile("\"ID\":\"([^\"]+)\"")
                .matcher(text("/api/v1/messages?limit=1"))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(ids).as("the newest").hasSize(1);
        return ids.getFirst();
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("Me <me@example.org>");
    }

    private static String text(String path) throws Exception {
        return get(path, BodyHandlers.ofString());
    }

    private static byte[] content(String message, String part) throws Exception {
        return get("/api/v1/message/" + message + "/part/" + part, BodyHandlers.ofByteArray());
    }

    private static <T> T get(String path, HttpResponse.BodyHandler<T> handler) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + path))
                .build();
        HttpResponse<T> response = HTTP.send(request, handler);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }

    private static String field(String json, String name) {
        return first(json, "\"" + name + "\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    }

    /** The id of the part that is the file. */
    private static String part(String json, String file) {
        return first(json, "\"PartID\":\"([^\"]+)\",\"FileName\":\"" + Pattern.quote(file));
    }

    private static String first(String json, String pattern) {
        return Pattern.compile(pattern)
                .matcher(json)
                .results()
                .map((MatchResult found) -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(pattern + " is not in " + json));
    }
}
