package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever several senders do with the mailbox of a logic while its worker takes from it, or it is stopped, the results are those of
 * some order of the same steps one after another: first in, first out, never more than the bound, and each message that was taken over
 * is handled, dropped or still there.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:9")
public class MailboxLincheckTest {
    private static final int BOUND = 2;
    private static final Address.Logic SELF = Address.logic("worker");

    /** A logic that asks nothing of the router. */
    private record Alone(Address.Logic self) implements Logic.Context {
        @Override
        public Router router() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SendReport send(List<? extends Address> targets, Payload payload) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Message> request(Address target, Payload payload, Duration within) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SendReport reply(Message received, Payload payload) {
            throw new UnsupportedOperationException();
        }
    }

    /** No request waits; this is what those would need. */
    private static final Deadlines DEADLINES = new Deadlines(InstantSource.system());

    private static final Requests REQUESTS = new Requests(
            1,
            new Users(id -> {
                throw new AssertionError("nobody connects");
            }),
            DEADLINES);

    private final List<Message> handled = new ArrayList<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    /** Its thread is not started: the worker's steps are those of the test. */
    private final WorkerRunner runner = new WorkerRunner(
            new LogicInvoker(
                    (message, context) -> handled.add(message), new Alone(SELF), REQUESTS, new RouterListener() {
                        @Override
                        public void failed(Message message, RouteError error) {
                            dropped.incrementAndGet();
                        }
                    }),
            BOUND);

    private boolean stopped;

    @Operation
    public String offer(@Param(name = "key") int key) {
        RouteError error = runner.offer(Message.of(Address.logic("test"), SELF, Payload.text(String.valueOf(key))));
        if (error == null) {
            taken.incrementAndGet();
        }
        return error == null ? "taken" : error.code().toString();
    }

    /** Nothing waits once it is stopped, and no more than one thread takes. */
    @Operation(nonParallelGroup = "worker")
    public String next() throws InterruptedException {
        if (stopped || !runner.hasNext()) {
            return "none";
        }
        runner.runNext();
        return handled.getLast().payload().toString();
    }

    @Operation(nonParallelGroup = "worker")
    public void stop() {
        stopped = true;
        runner.stop();
    }

    @Validate
    public void everyMessageIsSomewhere() {
        assertThat(handled.size() + dropped.get() + runner.pending()).isEqualTo(taken.get());
        assertThat(runner.pending()).isBetween(0, stopped ? 0 : BOUND);
    }

    @AfterAll
    static void close() {
        DEADLINES.close();
    }

    @Test
    void everyOutcomeIsThatOfSomeOrder() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(3)
                .check(MailboxLincheckTest.class);
    }
}
