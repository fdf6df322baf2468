package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MailAgentTest {
    private static final MailMessage MESSAGE = MailMessage.builder()
            .from("me@example.org")
            .to("alice@example.com")
            .text("x")
            .build();

    /** Answers as it is told, and counts. */
    private static final class Scripted implements MailSender {
        private final String name;
        private final Runnable behaviour;
        private int calls;
        private boolean closed;

        Scripted(String name, Runnable behaviour) {
            this.name = name;
            this.behaviour = behaviour;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public MailResult send(MailMessage message) {
            calls++;
            behaviour.run();
            return new MailResult(message.messageId(), message.to(), List.of(), List.of(), "ok");
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Scripted failing(String name) {
        return new Scripted(name, () -> {
            throw new MailException.NotSent(name + " is down", List.of());
        });
    }

    @Test
    void allSendersRunAlthoughOneFails() {
        var broken = new Scripted("broken", () -> {
            throw new IllegalStateException("a bug");
        });
        var last = new Scripted("last", () -> {});
        try (var agent = MailAgent.of(failing("first"), broken, last)) {
            var result = agent.send(MESSAGE);
            assertThat(result.sent()).containsOnlyKeys("last");
            assertThat(result.failed()).containsOnlyKeys("first", "broken");
            assertThat(result.failed().get("broken"))
                    .isInstanceOf(MailException.Unknown.class)
                    .hasMessageContaining("a bug");
            assertThat(result.isComplete()).isFalse();
            assertThatThrownBy(result::orThrow).hasMessageContaining("first is down");
        }
        assertThat(last.closed).isTrue();
    }

    @Test
    void stopsAtTheFirstFailureIfAsked() {
        var last = new Scripted("last", () -> {});
        try (var agent = MailAgent.of(failing("first"), last).stoppingAtFailure()) {
            assertThat(agent.send(MESSAGE).sent()).isEmpty();
            assertThat(last.calls).isZero();
        }
    }

    @Test
    void namesAreUnique() {
        assertThatThrownBy(() -> MailAgent.of(failing("a"), failing("a")))
                .hasMessageContaining("two senders are called a");
        assertThatThrownBy(MailAgent::of).hasMessageContaining("needs a sender");
    }

    @Test
    void closingSendsWhatWasAccepted() throws Exception {
        var gate = new CountDownLatch(1);
        try (var server = new ScriptedSmtp("PIPELINING").holdContent(gate);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var agent = MailAgent.of(new SmtpSender(server.options()
                    .pool(SmtpPoolOptions.usual().withConnections(3))
                    .build()));
            var all = new ArrayList<CompletableFuture<AgentResult>>();
            for (int i = 0; i < 50; i++) {
                all.add(agent.sendAsync(MESSAGE));
            }
            await().until(() -> server.messages().size() == 3);
            var closing = threads.submit(() -> agent.close());
            await().until(() -> agent.sendAsync(MESSAGE).isCompletedExceptionally());
            gate.countDown();
            closing.get();
            assertThat(all).allMatch(one -> one.join().isComplete());
            assertThat(server.messages()).hasSize(50);
        }
    }

    @Test
    void tooManyWaitingAreRefusedAtOnce() {
        var gate = new CountDownLatch(1);
        var slow = new Scripted("slow", () -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var agent = MailAgent.of(slow).withPending(1)) {
            var first = agent.sendAsync(MESSAGE);
            assertThatThrownBy(() -> agent.sendAsync(MESSAGE).join())
                    .cause()
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("1 messages wait");
            gate.countDown();
            assertThat(first.join().isComplete()).isTrue();
            await().until(() -> !agent.sendAsync(MESSAGE).isCompletedExceptionally());
        }
    }

    @Test
    void presetsSayWhereAndHow() {
        var gmail = SmtpPresets.gmail("me@gmail.com", "abcd efgh ijkl mnop").build();
        assertThat(gmail.host()).isEqualTo("smtp.gmail.com");
        assertThat(gmail.port()).isEqualTo(587);
        assertThat(gmail.encryption()).isEqualTo(Encryption.STARTTLS);
        assertThat(gmail.auth()).contains(new SmtpAuth.Password("me@gmail.com", "abcdefghijklmnop"));
        assertThat(SmtpPresets.ses("eu-west-1", "u", "p").build().host())
                .isEqualTo("email-smtp.eu-west-1.amazonaws.com");
        assertThat(SmtpPresets.sendgrid("SG.x").build().auth().orElseThrow().username())
                .isEqualTo("apikey");
        assertThat(SmtpPresets.postmark("t").build().recipients()).isEqualTo(50);
        assertThat(SmtpPresets.mailgun("a@b.example", "p").build().host()).isEqualTo("smtp.mailgun.org");
        assertThat(SmtpPresets.office365("me@example.com", "p").build().pool().connections())
                .isEqualTo(3);
        assertThat(SmtpPresets.outlook("me@outlook.com", () -> new OAuthTokens.AccessToken("t", java.time.Instant.MAX))
                        .build()
                        .auth()
                        .orElseThrow())
                .isInstanceOf(SmtpAuth.XOAuth2.class);
    }
}
