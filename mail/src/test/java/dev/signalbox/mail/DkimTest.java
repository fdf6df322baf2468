package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.exceptions.FailException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verified by the verifier of Apache James. */
class DkimTest {
    static final KeyPair RSA = keys("RSA");

    private static KeyPair keys(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "a  b\t c  \n\n\n", "", "\n\n", "Grüße\n.\nFrom x\n"})
    void verifies(String text) throws Exception {
        assertThat(verified(signed(message().text(text).html("<p>" + text)))).isEqualTo(List.of("example.org"));
        assertThat(verified(signed(message().text(text + "x")))).isEqualTo(List.of("example.org"));
    }

    /** A text alone ends where the body ends; in a multipart a boundary follows. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "a\n\n\n", "a \t\n \n\t\n", " a\n \nb \n", "\n\na\n"})
    void verifiesATextAlone(String text) throws Exception {
        assertThat(verified(signed(message().text(text)))).isEqualTo(List.of("example.org"));
    }

    /** RFC 6376, section 5.4.2: of several headers of one name, the last one comes first. */
    @Test
    void signsHeadersOfOneNameFromTheLastToTheFirst() throws Exception {
        assertThat(verified(signed(message().text("x").header("List-Id", "<a>").header("List-Id", "<b>"))))
                .hasSize(1);
    }

    /** RFC 6376, section 3.4.2. */
    @Test
    void blanksOfAHeaderCountAsOne() throws Exception {
        assertThat(verified(
                        signed(message().subject("two  blanks").text("x").header("List-Id", "A   list <a.example>"))))
                .hasSize(1);
    }

    @Test
    void signsWhatUnsubscribes() throws Exception {
        String signed = new String(
                signed(message().text("x").unsubscribe("https://example.com/u?" + "t".repeat(300))),
                StandardCharsets.UTF_8);
        assertThat(signed.replaceAll("\\s", "")).contains("List-Unsubscribe:List-Unsubscribe-Post");
        assertThat(verified(signed.getBytes(StandardCharsets.UTF_8))).hasSize(1);
        assertThatThrownBy(
                        () -> verified(signed.replace("One-Click", "Two-Click").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FailException.class);
    }

    @Test
    void survivesARelayThatFoldsAnew() throws Exception {
        byte[] raw = signed(message()
                .subject("a subject with many words that is longer than one line of seventy-eight characters")
                .text("x"));
        String folded =
                new String(raw, StandardCharsets.UTF_8).replace("Subject: a subject", "Subject:  a\r\n\tsubject");
        assertThat(verified(folded.getBytes(StandardCharsets.UTF_8))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From: me@",
                "To: alice@",
                "Subject: Hello",
                "Date: ",
                "Message-ID: <",
                "Content-Type: text/",
                "Content-Transfer-Encoding: ",
                "MIME-Version: 1",
                "Reply-To: answers"
            })
    void noticesAChange(String header) throws Exception {
        String raw = new String(
                signed(message().subject("Hello").replyTo("answers@example.org").text("x")), StandardCharsets.UTF_8);
        String changed = raw.replace(header, header + "x");
        assertThat(changed).isNotEqualTo(raw);
        assertThatThrownBy(() -> verified(changed.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FailException.class);
    }

    /** Programs show whichever they like. Of Cc there is none to begin with. */
    @ParameterizedTest
    @ValueSource(strings = {"From", "To", "Cc", "Subject", "Date"})
    void noticesASecondHeader(String name) throws Exception {
        String raw =
                name + ": other@example.net\r\n" + new String(signed(message().text("x")), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> verified(raw.getBytes(StandardCharsets.UTF_8))).isInstanceOf(FailException.class);
    }

    @Test
    void signsWhatIsStreamed() throws Exception {
        byte[] bytes = new byte[1_000_000];
        Arrays.fill(bytes, (byte) 7);
        var attachment = Attachment.of("a.bin", "application/octet-stream", () -> new ByteArrayInputStream(bytes));
        assertThat(verified(signed(message().text("x").attach(attachment)))).hasSize(1);
    }

    @Test
    void anAttachmentThatChangesWhileItIsSentIsNotSent() {
        var opened = new AtomicInteger();
        var changing = Attachment.of(
                "a.txt", "text/plain", () -> new ByteArrayInputStream(new byte[] {(byte) opened.incrementAndGet()}));
        try (var server = new ScriptedSmtp("CHUNKING", "PIPELINING");
                var sender = new SmtpSender(server.options()
                        .dkim(new Dkim("example.org", "s1", RSA.getPrivate()))
                        .build())) {
            assertThatThrownBy(() ->
                            sender.send(message().text("x").attach(changing).build()))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("changed");
            assertThat(server.messages()).isEmpty();
        }
    }

    @Test
    void aSenderSignsWhatItSends() throws Exception {
        try (var server = new ScriptedSmtp("CHUNKING", "PIPELINING");
                var sender = new SmtpSender(server.options()
                        .dkim(new Dkim("example.org", "s1", RSA.getPrivate()))
                        .build())) {
            sender.send(message().text("x").build());
            assertThat(verified(server.messages().getFirst().getBytes(StandardCharsets.UTF_8)))
                    .hasSize(1);
        }
    }

    @Test
    void readsKeysInPem() {
        String pkcs8 = pem("PRIVATE KEY", RSA.getPrivate().getEncoded());
        assertThat(Dkim.of("example.org", "s", pkcs8).key()).isEqualTo(RSA.getPrivate());
        byte[] encoded = RSA.getPrivate().getEncoded();
        // The key alone stands after 26 bytes of PKCS #8: two headers of 4, the version, the algorithm.
        assertThat(Dkim.of("example.org", "s", pem("RSA PRIVATE KEY", Arrays.copyOfRange(encoded, 26, encoded.length)))
                        .key())
                .isEqualTo(RSA.getPrivate());
        var ed25519 = keys("Ed25519").getPrivate();
        assertThat(Dkim.of("example.org", "s", pem("PRIVATE KEY", ed25519.getEncoded()))
                        .key())
                .isEqualTo(ed25519);
        assertThatThrownBy(() -> Dkim.of(
                        "example.org", "s", pem("PUBLIC KEY", RSA.getPublic().getEncoded())))
                .hasMessageContaining("BEGIN PRIVATE KEY");
        assertThatThrownBy(() -> Dkim.of("example.org", "s", pem("PRIVATE KEY", new byte[] {1, 2})))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> Dkim.of("example.org", "a b", pkcs8)).hasMessageContaining("selector");
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                + "-----\n";
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org").to("alice@example.com");
    }

    private static byte[] signed(MailMessage.Builder message) throws Exception {
        var built = message.build();
        var out = new ByteArrayOutputStream();
        Dkim.sign(MimeMessage.of(built), List.of(new Dkim("example.org", "s1", RSA.getPrivate())), built.date())
                .writer()
                .writeTo(out);
        return out.toByteArray();
    }

    /** The domains that signed. */
    static List<String> verified(byte[] raw) throws Exception {
        String record = "v=DKIM1; k=rsa; p="
                + Base64.getEncoder().encodeToString(RSA.getPublic().getEncoded());
        var verifier = new DKIMVerifier((methods, selector, token) -> List.of(record));
        var records = verifier.verify(new ByteArrayInputStream(raw));
        return records == null
                ? List.of()
                : records.stream().map(one -> one.getDToken().toString()).toList();
    }
}
