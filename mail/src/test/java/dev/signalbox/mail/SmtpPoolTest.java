package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SmtpPoolTest {
    private static final MailMessage MESSAGE =
            MailMessage.builder().to("alice@example.com").text("x").build();
    private static final SmtpPoolOptions USUAL = SmtpPoolOptions.usual();

    @Test
    void aHundredSendersShareAFewConnections() throws Exception {
        try (var server = new ScriptedSmtp("PIPELINING", "CHUNKING");
                var sender = sender(server, USUAL.withConnections(4).withMessages(10_000));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<MailResult>>();
            for (int i = 0; i < 1_000; i++) {
                all.add(threads.submit(() -> sender.send(MESSAGE)));
            }
            for (var one : all) {
                assertThat(one.get().isComplete()).isTrue();
            }
            assertThat(server.messages()).hasSize(1_000);
            assertThat(server.mostOpen()).isBetween(1, 4);
            assertThat(server.connections()).isBetween(1, 4);
        }
    }

    @Test
    void whoFindsNoConnectionInTimeIsToldAndLaterServed() throws Exception {
        var gate = new CountDownLatch(1);
        try (var server = new ScriptedSmtp().holdContent(gate);
                var sender = sender(server, USUAL.withConnections(1).withMaxWait(Duration.ofMillis(50)));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> sender.send(MESSAGE));
            await().until(() -> server.messages().size() == 1);
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("all 1 are busy");
            gate.countDown();
            assertThat(first.get().isComplete()).isTrue();
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void failuresToConnectDoNotUseUpTheirPlaces() {
        try (var server = new ScriptedSmtp().on("GREETING", "421 busy", "421 busy", "421 busy", "220 welcome");
                var sender = sender(server, USUAL.withConnections(1).withMaxWait(Duration.ofSeconds(10)))) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> sender.send(MESSAGE)).isInstanceOf(MailException.NotSent.class);
            }
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
        }
    }

    @Test
    void aConnectionCarriesNoMoreThanItsMessages() {
        try (var server = new ScriptedSmtp("PIPELINING");
                var sender = sender(server, USUAL.withMessages(2))) {
            for (int i = 0; i < 5; i++) {
                sender.send(MESSAGE);
            }
            assertThat(server.connections()).isEqualTo(3);
            assertThat(server.commands("QUIT")).hasSize(2);
        }
    }

    @Test
    void anOldConnectionIsNotUsedAgain() {
        try (var server = new ScriptedSmtp();
                var sender = sender(server, USUAL.withAge(Duration.ofNanos(1)))) {
            sender.send(MESSAGE);
            sender.send(MESSAGE);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anIdleConnectionIsAskedWhetherItLives() {
        try (var server = new ScriptedSmtp().on("NOOP", "250 ok", ScriptedSmtp.CLOSE);
                var sender = sender(server, USUAL.withNoop(Duration.ZERO))) {
            sender.send(MESSAGE);
            sender.send(MESSAGE);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.connections()).isEqualTo(2);
            assertThat(server.commands("NOOP")).hasSize(2);
        }
    }

    @Test
    void whatNobodyNeedsIsClosed() {
        try (var server = new ScriptedSmtp();
                var sender = sender(server, USUAL.withIdle(Duration.ofMillis(1)))) {
            sender.send(MESSAGE);
            await().until(() -> server.open() == 0);
            assertThat(server.commands("QUIT")).hasSize(1);
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
        }
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        var gate = new CountDownLatch(1);
        try (var server = new ScriptedSmtp().holdContent(gate);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sender = sender(server, USUAL);
            var sending = threads.submit(() -> sender.send(MESSAGE));
            await().until(() -> server.messages().size() == 1);
            var closing = threads.submit(sender::close);
            await().untilAsserted(
                            () -> assertThatThrownBy(() -> sender.send(MESSAGE)).hasMessageContaining("closed"));
            assertThat(closing.isDone()).isFalse();
            gate.countDown();
            assertThat(sending.get().isComplete()).isTrue();
            closing.get();
            await().until(() -> server.open() == 0);
        }
    }

    @Test
    void anInterruptedSenderGivesUpAndStaysInterrupted() throws Exception {
        var gate = new CountDownLatch(1);
        try (var server = new ScriptedSmtp().holdContent(gate);
                var sender = sender(server, USUAL.withConnections(1));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> sender.send(MESSAGE));
            await().until(() -> server.messages().size() == 1);
            var waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                try {
                    return sender.send(MESSAGE).reply();
                } catch (MailException.NotSent e) {
                    return Thread.currentThread().isInterrupted() + ": " + e.getMessage();
                }
            });
            assertThat(waiting.get()).startsWith("true").contains("interrupted");
            gate.countDown();
            assertThat(first.get().isComplete()).isTrue();
        }
    }

    @Test
    void aRateSpreadsMessagesAndRefusesWhatWouldWaitTooLong() {
        var now = new AtomicLong(1_000);
        var pace = new Pace(10, now::get);
        var most = Duration.ofMillis(250);
        assertThat(List.of(pace.turn(most), pace.turn(most), pace.turn(most)))
                .extracting(turn -> turn.orElseThrow())
                .containsExactly(0L, 100_000_000L, 200_000_000L);
        assertThat(pace.turn(most)).isEmpty();
        now.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(pace.turn(most)).hasValue(200_000_000L);
    }

    @Test
    void aSenderKeepsItsRate() throws InterruptedException, ExecutionException {
        try (var server = new ScriptedSmtp();
                var sender = new SmtpSender(server.options().perSecond(50).build())) {
            long begin = System.nanoTime();
            for (int i = 0; i < 6; i++) {
                sender.send(MESSAGE);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    private static SmtpSender sender(ScriptedSmtp server, SmtpPoolOptions pool) {
        return new SmtpSender(server.options().pool(pool).build());
    }
}
