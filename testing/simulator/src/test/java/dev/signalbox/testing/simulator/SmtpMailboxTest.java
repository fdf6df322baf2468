package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpSender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a browser gets of the mailbox. */
class SmtpMailboxTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final byte[] PIXEL = {(byte) 0x89, 'P', 'N', 'G'};

    private SmtpSimulator simulator;
    private SmtpMailbox mailbox;

    @BeforeEach
    void start() {
        simulator = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
        mailbox = SmtpMailbox.of(simulator, 0);
    }

    @AfterEach
    void stop() {
        mailbox.close();
        simulator.close();
    }

    private void send(MailMessage.Builder message) {
        try (var sender = new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(simulator.port())
                .encryption(Encryption.NONE)
                .build())) {
            assertThat(sender.send(message.from("Café Zoë <zoe@example.org>")
                                    .to("alice@example.com")
                                    .build())
                            .isComplete())
                    .isTrue();
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI url = mailbox.url().resolve(path);
        return HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }

    @Test
    void messagesAreListedAndShownWhole() throws Exception {
        assertThat(get("/").body()).contains("There is no message yet");
        send(MailMessage.builder()
                .subject("Grüße <script>alert(1)</script>")
                .html("<p>Hello <img src=\"cid:logo\"> <b>you</b></p>")
                .image("logo", Attachment.of("logo.png", "image/png", PIXEL))
                .attach(Attachment.of("Rechnung für März.pdf", "application/pdf", new byte[] {1, 2, 3})));
        assertThat(get("/").body())
                .contains("Grüße &lt;script&gt;alert(1)&lt;/script&gt;", "Café Zoë", "alice@example.com", "/messages/1")
                .doesNotContain("<script>");
        HttpResponse<String> page = get("/messages/1");
        assertThat(page.body())
                .contains("<iframe sandbox ", "Hello", "Rechnung für März.pdf", "Message-ID", "/messages/1/source")
                .doesNotContain("<script>");
        assertThat(policy(page)).contains("default-src 'none'").doesNotContain("script-src");
        assertThat(get("/messages/1/source").body()).contains("Content-Type: multipart/");
        assertThat(get("/messages/2").statusCode()).isEqualTo(404);
        assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void itsHtmlRunsNothingAndLoadsOnlyWhatCameWithIt() throws Exception {
        send(MailMessage.builder()
                .subject("x")
                .html("<p>Hello <img src=\"cid:logo\"></p>")
                .image("logo", Attachment.of("logo.png", "image/png", PIXEL)));
        HttpResponse<String> html = get("/messages/1/html");
        assertThat(policy(html))
                .startsWith("sandbox; default-src 'none';")
                .contains("img-src 'self' data:")
                .doesNotContain("allow-scripts", "allow-same-origin");
        String image = html.body().replaceAll("(?s).*src=\"(/messages/1/cid/[^\"]+)\".*", "$1");
        var shown =
                HTTP.send(HttpRequest.newBuilder(mailbox.url().resolve(image)).build(), BodyHandlers.ofByteArray());
        assertThat(shown.body()).isEqualTo(PIXEL);
        assertThat(shown.headers().firstValue("Content-Type")).contains("image/png");
    }

    @Test
    void filesAreDownloadsWhateverTheySay() throws Exception {
        send(MailMessage.builder()
                .subject("x")
                .text("see there")
                .attach(Attachment.of("page.html", "text/html", "<script>".getBytes(StandardCharsets.UTF_8))));
        HttpResponse<String> file = get("/messages/1/files/0");
        assertThat(file.body()).isEqualTo("<script>");
        assertThat(file.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(file.headers().firstValue("Content-Disposition")).contains("attachment");
        assertThat(get("/messages/1/html").statusCode()).isEqualTo(404);
        assertThat(get("/messages/1/files/1").statusCode()).isEqualTo(404);
    }

    /** A page elsewhere could make its own name lead here, and would then be of this origin. */
    @Test
    void onlyLocalNamesAreServed() throws Exception {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), mailbox.url().getPort())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 403").doesNotContain("Mailbox</h1>");
        }
    }

    private static String policy(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Security-Policy").orElse("");
    }
}
