package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.mail.OAuthTokens.AccessToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SmtpLoginTest {
    private static final MailMessage MESSAGE =
            MailMessage.builder().to("alice@example.com").text("x").build();

    @Test
    void sendsPlainInOneLine() {
        try (var server = new ScriptedSmtp("AUTH LOGIN PLAIN CRAM-MD5");
                var sender = sender(server.options().login("tim", "tänstaaf").plaintextAuth())) {
            sender.send(MESSAGE);
            assertThat(server.commands("AUTH")).containsExactly("AUTH PLAIN " + base64("\0tim\0tänstaaf"));
        }
    }

    @Test
    void answersTheQuestionsOfLogin() {
        try (var server = new ScriptedSmtp("AUTH=LOGIN")
                        .on("AUTH LOGIN", "334 VXNlcm5hbWU6")
                        .on("CONTINUED", "334 UGFzc3dvcmQ6", "235 ok");
                var sender = sender(server.options().login("tim", "secret").plaintextAuth())) {
            sender.send(MESSAGE);
            assertThat(server.commands()).containsSubsequence("AUTH LOGIN", base64("tim"), base64("secret"));
        }
    }

    /** The example of RFC 2195. */
    @Test
    void answersTheChallengeOfCramMd5() {
        try (var server = new ScriptedSmtp("AUTH PLAIN CRAM-MD5")
                        .on("AUTH CRAM-MD5", "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
                var sender = sender(server.options().login("tim", "tanstaaftanstaaf"))) {
            sender.send(MESSAGE);
            assertThat(server.commands()).contains("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
        }
    }

    @Test
    void neverSendsAPasswordWithoutEncryptionUnlessTold() {
        try (var server = new ScriptedSmtp("AUTH PLAIN LOGIN XOAUTH2");
                var password = sender(server.options().login("tim", "secret"));
                var token = sender(server.options()
                        .auth(new SmtpAuth.XOAuth2("tim", () -> new AccessToken("t", Instant.MAX))))) {
            for (var sender : List.of(password, token)) {
                assertThatThrownBy(() -> sender.send(MESSAGE))
                        .isInstanceOf(MailException.NotSent.class)
                        .hasMessageContaining("without encryption")
                        .hasMessageContaining("plaintextAuth");
            }
            assertThat(server.commands("AUTH")).isEmpty();
        }
    }

    @Test
    void aRefusedLoginIsNotTheMessagesFaultAndTellsNoSecret() {
        try (var server =
                        new ScriptedSmtp("AUTH PLAIN").on("AUTH", "535 5.7.8 bad credentials", "454 4.7.0 try later");
                var sender =
                        sender(server.options().login("tim", "s3cr3t-words").plaintextAuth())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("check username and password")
                    .hasMessageContaining("535")
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cr3t"));
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("454");
        }
        assertThat(SmtpOptions.to("x").login("tim", "s3cr3t-words").build().toString())
                .doesNotContain("s3cr3t");
        assertThat(new AccessToken("s3cr3t", Instant.MAX).toString()).doesNotContain("s3cr3t");
    }

    @Test
    void namesWhatTheServerDoesNotOffer() {
        try (var server = new ScriptedSmtp("AUTH GSSAPI");
                var sender = sender(server.options().login("tim", "secret").plaintextAuth())) {
            assertThatThrownBy(() -> sender.send(MESSAGE)).hasMessageContaining("does not offer");
        }
    }

    @Test
    void sendsATokenAndANewOneWhenItIsRefused() {
        var fetched = new AtomicInteger();
        var auth = new SmtpAuth.XOAuth2(
                "tim@example.com", () -> new AccessToken("token-" + fetched.incrementAndGet(), Instant.MAX));
        try (var server = new ScriptedSmtp("AUTH XOAUTH2")
                        .on("AUTH", "334 eyJzdGF0dXMiOiI0MDEifQ==", "235 ok")
                        .on("CONTINUED", "535 5.7.8 expired");
                var sender = sender(server.options().auth(auth).plaintextAuth())) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.commands())
                    .containsSubsequence(
                            "AUTH XOAUTH2 " + base64("user=tim@example.com\1auth=Bearer token-1\1\1"),
                            "",
                            "AUTH XOAUTH2 " + base64("user=tim@example.com\1auth=Bearer token-2\1\1"));
        }
    }

    @Test
    void aTokenThatCannotBeFetchedIsToldAsSuch() {
        var auth = new SmtpAuth.XOAuth2("tim", () -> {
            throw new IOException("token endpoint says 503");
        });
        try (var server = new ScriptedSmtp("AUTH XOAUTH2");
                var sender = sender(server.options().auth(auth).plaintextAuth())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("503");
        }
    }

    @Test
    void aTokenIsRefreshedTenMinutesBeforeItExpires() throws IOException {
        var now = new AtomicReference<>(Instant.parse("2026-11-26T00:00:00Z"));
        var fetched = new AtomicInteger();
        var cache = new TokenCache(
                () -> new AccessToken("t" + fetched.incrementAndGet(), now.get().plus(Duration.ofHours(1))), now::get);
        assertThat(cache.get()).isEqualTo("t1");
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(49)));
        assertThat(cache.get()).isEqualTo("t1");
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(1)));
        assertThat(cache.get()).isEqualTo("t2");
        cache.refused("t1");
        assertThat(cache.get()).isEqualTo("t2");
        cache.refused("t2");
        assertThat(cache.get()).isEqualTo("t3");
    }

    private static SmtpSender sender(SmtpOptions.Builder options) {
        return new SmtpSender(options.build());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
