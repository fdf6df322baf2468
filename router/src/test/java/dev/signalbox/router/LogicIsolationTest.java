package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SERVER;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one logic does to itself and, above all, not to others. */
@Timeout(30)
class LogicIsolationTest {
    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        fixture.close();
    }

    private ErrorCode codeOf(SendReport report) {
        return report.errors().getFirst().code();
    }

    @Test
    void aWorkerHandlesOneAtATimeInTheOrderOfEachSender() throws InterruptedException {
        List<String> handled = new CopyOnWriteArrayList<>();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        router.add(
                "worker",
                new Logic.Worker(
                        (message, context) -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            handled.add(message.source() + " " + message.payload());
                            running.decrementAndGet();
                        },
                        10_000));
        CyclicBarrier start = new CyclicBarrier(4);
        List<Thread> senders = new ArrayList<>();
        for (int s = 0; s < 4; s++) {
            Address source = Address.client("s" + s);
            senders.add(Thread.ofPlatform().start(() -> {
                RouterFixture.await(start);
                for (int i = 0; i < 1_000; i++) {
                    router.send(Message.of(source, Address.logic("worker"), text(String.valueOf(i))));
                }
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        await().until(() -> handled.size() == 4_000);
        assertThat(most).hasValue(1);
        for (int s = 0; s < 4; s++) {
            String prefix = "client:s" + s + " ";
            assertThat(handled.stream()
                            .filter(each -> each.startsWith(prefix))
                            .map(each -> Integer.valueOf(each.substring(prefix.length()))))
                    .isSorted()
                    .hasSize(1_000);
        }
    }

    @Test
    void aFullMailboxRefusesAndTheRestGoesOn() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        router.add(
                "stuck",
                new Logic.Worker(
                        (message, context) -> {
                            busy.countDown();
                            RouterFixture.await(release);
                        },
                        3));
        router.add("echo", Logic.dispatched((message, context) -> context.reply(message, message.payload())));
        router.send(to(Address.logic("stuck"), "handled"));
        RouterFixture.await(busy);

        for (int i = 0; i < 3; i++) {
            assertThat(router.send(to(Address.logic("stuck"), "waits " + i)).complete())
                    .isTrue();
        }
        assertThat(codeOf(router.send(to(Address.logic("stuck"), "one too many"))))
                .isEqualTo(ErrorCode.MAILBOX_FULL);
        assertThat(get(router.request(to(Address.logic("echo"), "!"), RouterFixture.SOON))
                        .payload())
                .isEqualTo(text("!"));
        release.countDown();
        await().until(() -> fixture.listener.events.contains("handled waits 2 by stuck"));
    }

    @Test
    void sendingToOnesOwnFullMailboxFailsAndDoesNotDeadlock() throws InterruptedException {
        List<SendReport> reports = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        router.add(
                "self",
                new Logic.Worker(
                        (message, context) -> {
                            if (message.source().equals(SERVER)) {
                                for (int i = 0; i < 3; i++) {
                                    reports.add(context.send(context.self(), text("again")));
                                }
                                done.countDown();
                            }
                        },
                        2));
        router.send(to(Address.logic("self"), "go"));

        RouterFixture.await(done);
        assertThat(reports.get(0).complete()).isTrue();
        assertThat(reports.get(1).complete()).isTrue();
        assertThat(codeOf(reports.get(2))).isEqualTo(ErrorCode.MAILBOX_FULL);
    }

    @Test
    void dispatchedLogicRunsConcurrentlyUpToItsBound() {
        AtomicInteger running = new AtomicInteger();
        router.add(
                "many",
                new Logic.Dispatched(
                        (message, context) -> {
                            running.incrementAndGet();
                            RouterFixture.await(release);
                            running.decrementAndGet();
                        },
                        3,
                        2));
        for (int i = 0; i < 5; i++) {
            assertThat(router.send(to(Address.logic("many"), "m" + i)).complete())
                    .isTrue();
        }
        assertThat(codeOf(router.send(to(Address.logic("many"), "m5")))).isEqualTo(ErrorCode.MAILBOX_FULL);
        await().until(() -> running.get() == 3);
        await().during(50, TimeUnit.MILLISECONDS).until(() -> running.get() == 3);
        release.countDown();
        await().until(() -> fixture.listener.events.stream()
                        .filter(event -> event.startsWith("handled"))
                        .count()
                == 5);
    }

    @Test
    void aFailingLogicIsCountedAndHandlesTheNextMessage() {
        router.add("touchy", Logic.worker((message, context) -> {
            if (message.payload().equals(text("error"))) {
                throw new AssertionError("an error, not even an exception");
            }
            if (message.payload().equals(text("interrupt"))) {
                Thread.currentThread().interrupt();
                throw new InterruptedException("by itself");
            }
        }));
        for (String each : List.of("error", "interrupt", "fine")) {
            router.send(to(Address.logic("touchy"), each));
        }
        await().until(() -> fixture.listener.events.contains("handled fine by touchy"));
        assertThat(fixture.listener.events)
                .contains("logicFailed touchy an error, not even an exception", "logicFailed touchy by itself");
    }

    @Test
    void aStuckLogicStallsNoOther() {
        router.add("stuck", new Logic.Worker((message, context) -> RouterFixture.await(release), 10));
        router.add("stuckToo", new Logic.Dispatched((message, context) -> RouterFixture.await(release), 1, 10));
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        for (int i = 0; i < 10; i++) {
            router.send(Message.of(SERVER, List.of(Address.logic("stuck"), Address.logic("stuckToo")), text("x")));
        }
        assertThat(get(router.request(to(Address.logic("echo"), "!"), RouterFixture.SOON))
                        .payload())
                .isEqualTo(text("!"));
    }

    @Test
    void passiveLogicRunsBesideTheFlowAndIsStopped() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        router.add("monitor", Logic.passive(context -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                stopped.countDown();
            }
        }));
        RouterFixture.await(started);
        assertThat(codeOf(router.send(to(Address.logic("monitor"), "x")))).isEqualTo(ErrorCode.PASSIVE_LOGIC);
        router.close();
        RouterFixture.await(stopped);
        assertThat(fixture.listener.events).noneMatch(event -> event.startsWith("logicFailed"));
    }

    @Test
    void aPassiveLogicThatFailsIsReported() {
        router.add("monitor", Logic.passive(context -> {
            throw new IllegalStateException("gave up");
        }));
        await().until(() -> fixture.listener.events.contains("logicFailed monitor gave up"));
    }

    @Test
    void whatWaitsInARemovedMailboxIsToldToItsSenders() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        router.add("doomed", Logic.worker((message, context) -> {
            busy.countDown();
            release.await();
        }));
        router.send(to(Address.logic("doomed"), "handled"));
        RouterFixture.await(busy);
        var reply = router.request(to(Address.logic("doomed"), "waits"), RouterFixture.SOON)
                .toCompletableFuture();

        router.remove("doomed");
        assertThat(reply).failsWithin(RouterFixture.SOON).withThrowableThat().withMessageContaining("stopped");
        assertThat(fixture.listener.events).contains("failed waits CLOSING");
        assertThat(codeOf(router.send(to(Address.logic("doomed"), "x")))).isEqualTo(ErrorCode.UNKNOWN_LOGIC);
    }
}
