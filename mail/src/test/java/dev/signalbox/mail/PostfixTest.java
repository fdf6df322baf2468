package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.signalbox.mail.Postfix.Listener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversations with Postfix: STARTTLS, three ways to log in, BDAT, and replies for recipients that it was told to give. */
class PostfixTest {
    private static @Nullable Postfix postfix;

    @BeforeAll
    static void start(@TempDir(cleanup = CleanupMode.ALWAYS) Path folder) throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("to run this test, be root: Postfix gives its processes other users")
                .isEqualTo("root");
        Path master = Postfix.PACKAGE.resolve("usr/lib/postfix/sbin/master");
        if (System.getenv("CI") == null) {
            assumeThat(master)
                    .as("to run this test: apt-get download postfix sasl2-bin, and unpack both into .signalbox/postfix"
                            + " with dpkg -x")
                    .isExecutable();
        }
        assertThat(master).as("Postfix, which .ci/run unpacks").isExecutable();
        postfix = new Postfix(folder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (postfix != null) {
            postfix.close();
        }
    }

    /** It takes four recipients at a time, and answers 452 to the fifth. */
    @Test
    void servesTheRestWhenSomeAreRefusedAndThoseWhoWereTooManyInTheNextTransaction() {
        try (var sender = sender(Listener.PLAIN)) {
            var result = sender.send(message()
                    .to("a@example.com", "gone@example.com", "b@example.com", "grey@example.com")
                    .cc("c@example.com", "d@example.com", "e@example.com")
                    .bcc("f@müller.de")
                    .html("<p>Hello")
                    .build());
            assertThat(result.accepted())
                    .extracting(MailAddress::local)
                    .containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
            assertThat(result.refused())
                    .extracting(refusal -> refusal.recipient().local() + " " + refusal.permanent())
                    .containsExactlyInAnyOrder("gone true", "grey false");
            assertThat(result.reply()).contains("queued as");
        }
    }

    @Test
    void aConnectionThatItClosesWith421IsReplaced() {
        try (var sender = sender(Listener.PLAIN)) {
            var closing = message().to("closing@example.com").text("x").build();
            assertThatThrownBy(() -> sender.send(closing))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("421");
            assertThat(sender.send(message().to("a@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
        }
    }

    @Test
    void aQueueWithoutRoomIsForLater() {
        try (var sender = sender(Listener.FULL)) {
            var message = message().to("a@example.com").text("x").build();
            assertThatThrownBy(() -> sender.send(message))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("452 4.3.1");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "LOGIN", "CRAM"})
    void logsIn(Listener mechanism) {
        var message = message().to("a@example.com").text("x").build();
        try (var sender = sender(mechanism);
                var wrong = new SmtpSender(server().options(mechanism, "wrong").build())) {
            assertThat(sender.send(message).isComplete()).isTrue();
            assertThatThrownBy(() -> wrong.send(message))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("535");
        }
    }

    /** Lines that begin with dots, a file in several chunks, a local part that needs SMTPUTF8: all as it was signed. */
    @Test
    void deliversWhatWasSigned() throws Exception {
        byte[] random = new byte[2_000_000];
        new Random(1).nextBytes(random);
        var options = server().options(Listener.PLAIN, "secret")
                .dkim(new Dkim("example.org", "s1", DkimTest.RSA.getPrivate()))
                .build();
        try (var sender = new SmtpSender(options)) {
            var result = sender.send(message()
                    .to("jörg@kept.example")
                    .text(".\n..\n.com\n")
                    .attach(Attachment.of("Rechnung für März.bin", "application/octet-stream", random))
                    .build());
            assertThat(result.isComplete()).isTrue();
        }
        assertThat(DkimTest.verified(server().delivered())).containsExactly("example.org");
    }

    @Test
    void refusesWhatIsLargerThanItTakesBeforeItIsSent() {
        var file = Attachment.of("large.bin", "application/octet-stream", new byte[16_000_000]);
        try (var sender = sender(Listener.PLAIN)) {
            var large = message().to("a@example.com").attach(file).build();
            assertThatThrownBy(() -> sender.send(large))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("20000000");
        }
    }

    @Test
    void servesManySendersOverAFewConnections() throws Exception {
        var pool = SmtpPoolOptions.usual().withConnections(4).withMaxWait(Duration.ofMinutes(2));
        var options = server().options(Listener.PLAIN, "secret").pool(pool).build();
        try (var sender = new SmtpSender(options);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<MailResult>>();
            for (int i = 0; i < 100; i++) {
                all.add(threads.submit(() ->
                        sender.send(message().to("a@example.com").text("x").build())));
            }
            for (var one : all) {
                assertThat(one.get().isComplete()).isTrue();
            }
        }
    }

    private static Postfix server() {
        return Objects.requireNonNull(postfix);
    }

    private static SmtpSender sender(Listener listener) {
        return new SmtpSender(server().options(listener, "secret").build());
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org");
    }
}
