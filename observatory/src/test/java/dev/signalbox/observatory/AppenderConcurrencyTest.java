package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The Logback appender among many threads: nobody waits for another one, and each event keeps its context. */
class AppenderConcurrencyTest {
    private static final int THREADS = 16;
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final ObservatorySimulator sink = Fixtures.sink();
    private final LoggerContext logback = new LoggerContext();

    AppenderConcurrencyTest() {
        logback.setMDCAdapter(((LoggerContext) LoggerFactory.getILoggerFactory()).getMDCAdapter());
    }

    @AfterEach
    void close() {
        logback.stop();
        sink.close();
    }

    private ObservatoryAppender appender(Observatory observatory) {
        var appender = new ObservatoryAppender();
        appender.setContext(logback);
        appender.setObservatory(observatory);
        appender.start();
        return appender;
    }

    /** One after the other they would take 16 times the bound. */
    @Test
    void eachCallerWaitsForItselfOnly() throws Exception {
        sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.HANG));
        var memory = new Memory(64 << 10, 64 << 10, 10, Duration.ofMinutes(1), WhenFull.BLOCK, BOUND);
        var http = new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofMinutes(5), 4, false);
        try (var observatory =
                        Observatory.start(quick(to(sink)).withMemory(memory).withHttp(http));
                var threads = Executors.newFixedThreadPool(THREADS)) {
            logback.getLogger("ROOT").addAppender(appender(observatory));
            fill(observatory);
            var start = new CountDownLatch(1);
            Callable<Duration> call = () -> {
                start.await();
                long began = System.nanoTime();
                logback.getLogger("shop").info("x".repeat(30_000));
                return Duration.ofNanos(System.nanoTime() - began);
            };
            var calls = IntStream.range(0, THREADS)
                    .mapToObj(i -> threads.submit(call))
                    .toList();
            start.countDown();
            var waits = new ArrayList<Duration>();
            for (var each : calls) {
                waits.add(each.get(2, TimeUnit.MINUTES));
            }
            assertThat(waits).allMatch(wait -> wait.compareTo(BOUND.multipliedBy(6)) < 0);
            assertThat(waits).anyMatch(wait -> wait.compareTo(BOUND) >= 0);
            observatory.close(Duration.ZERO);
        }
    }

    private static void fill(Observatory observatory) {
        for (int i = 0; i < 2; i++) {
            observatory.log(Severity.INFO, "y".repeat(28_000));
        }
    }

    @Test
    void aCloseTurnsAwayThoseWhoWait() throws Exception {
        sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.HANG));
        var memory = new Memory(64 << 10, 64 << 10, 10, Duration.ofMinutes(1), WhenFull.BLOCK, Duration.ofMinutes(1));
        var observatory = Observatory.start(quick(to(sink)).withMemory(memory));
        fill(observatory);
        var answer = new CompletableFuture<Boolean>();
        var caller =
                Thread.ofPlatform().start(() -> answer.complete(observatory.log(Severity.INFO, "x".repeat(30_000))));
        soon().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        observatory.close(Duration.ofMillis(100));
        assertThat(answer.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(observatory.stats().dropped(DropReason.CLOSED)).isEqualTo(3);
        assertThat(observatory.stats().pending()).isZero();
    }

    @Test
    void behindAnAsynchronousAppenderEachTenantsRecordsGoToTheTenant() throws Exception {
        try (var red = Fixtures.sink();
                var blue = Fixtures.sink()) {
            var allowed = AllowList.of(List.of(red.url().toString(), blue.url().toString()));
            try (var observatory = Observatory.start(quick(to(sink)).withAllowed(allowed))) {
                var queue = new AsyncAppender();
                queue.setContext(logback);
                queue.setNeverBlock(false);
                queue.setDiscardingThreshold(0);
                queue.addAppender(appender(observatory));
                queue.start();
                var logger = logback.getLogger("shop");
                logger.addAppender(queue);
                for (int i = 0; i < 100; i++) {
                    String text = "record " + i;
                    context(red, "r").run(() -> logger.info(text));
                    context(blue, "b").run(() -> logger.info(text));
                    logger.info(text);
                }
                queue.stop();
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            }
            assertThat(messages(red)).isEqualTo(messages(0, 100));
            assertThat(messages(blue)).isEqualTo(messages(0, 100));
            assertThat(messages(sink)).isEqualTo(messages(0, 100));
            assertThat(red.records().getFirst().data())
                    .containsEntry("baggage.tenant", "r")
                    .containsEntry("context_id", "r")
                    .doesNotContainKey(MdcContexts.KEY);
        }
    }

    private static ExecutionContext context(ObservatorySimulator to, String tenant) {
        return new ExecutionContext(Optional.of(to(to).withId(tenant)), Optional.empty(), Map.of("tenant", tenant));
    }

    @Test
    void contextsThatNobodyHoldsAreForgotten() {
        var context = ExecutionContext.to(to(sink));
        for (int i = 0; i < 10_000; i++) {
            context.run(() -> {});
        }
        soon().until(() -> {
            System.gc();
            context.run(() -> {});
            return MdcContexts.size() < 100;
        });
        assertThat(MDC.get(MdcContexts.KEY)).isNull();
    }

    /** A header that finds its way into the MDC must not choose a destination. */
    @Test
    void aTextThatOnlyReadsTheSameStandsForNothing() {
        String text = MdcContexts.put(ExecutionContext.to(to(sink)));
        assertThat(MdcContexts.find(text)).isPresent();
        assertThat(MdcContexts.find(new String(text.toCharArray()))).isEmpty();
        assertThat(MdcContexts.find(null)).isEmpty();
    }

    @Test
    void whatAProgramLogsAboutItselfGoesToTheDefaultDestinationAndKeepsTheTrace() throws Exception {
        try (var tenant = Fixtures.sink()) {
            var trace = Trace.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            var context = new ExecutionContext(Optional.of(to(tenant)), trace, Map.of());
            var allowed = AllowList.of(List.of(tenant.url().toString()));
            try (var observatory = Observatory.start(quick(to(sink)).withAllowed(allowed))) {
                var logger = logback.getLogger("exec");
                logger.addAppender(appender(observatory));
                context.run(() -> {
                    logger.info("theirs");
                    ExecutionContext.current().withoutDestination().run(() -> logger.info("ours"));
                    logger.info("theirs again");
                });
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            }
            assertThat(messages(tenant)).containsExactly("theirs", "theirs again");
            assertThat(messages(sink)).containsExactly("ours");
            assertThat(sink.records().getFirst().data())
                    .containsEntry("trace_id", trace.orElseThrow().traceId());
        }
    }
}
