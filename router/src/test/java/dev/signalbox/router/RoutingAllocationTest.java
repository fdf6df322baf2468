package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * What a message from logic to a client costs in memory beside its payload: itself, its id, its list of targets and the report. Counted and not
 * timed, so that a busy machine makes no difference.
 */
class RoutingAllocationTest {
    private static final int MESSAGES = 20_000;
    /** A message takes 48 bytes, an id 32, a list 24, a report 24. */
    private static final long MOST = 160;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aMessageToOneClientAllocatesNothingButItself() {
        try (Router router = Router.create(RouterOptions.defaults())) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            Counter counter = new Counter();
            endpoint.connect("alice", counter);
            Logic.Context context = new LogicContext(Address.logic("server"), (MessageRouter) router);
            Address.Client alice = Address.client("alice");
            Payload payload = Payload.text("hello");
            send(context, alice, payload);
            long before = threads.getCurrentThreadAllocatedBytes();
            send(context, alice, payload);
            long each = (threads.getCurrentThreadAllocatedBytes() - before) / MESSAGES;

            assertThat(counter.offered).isEqualTo(2L * MESSAGES);
            assertThat(each).as("bytes for each message").isLessThanOrEqualTo(MOST);
        }
    }

    private static void send(Logic.Context context, Address target, Payload payload) {
        for (int i = 0; i < MESSAGES; i++) {
            if (!context.send(target, payload).complete()) {
                throw new AssertionError("it was not taken");
            }
        }
    }

    /** A client that keeps nothing. */
    private static final class Counter implements Connection {
        private long offered;

        @Override
        public boolean offer(Message message) {
            offered++;
            return true;
        }

        @Override
        public void close(CloseReason reason) {
            // There is nothing to close.
        }

        @Override
        public String remoteAddress() {
            return "test";
        }
    }
}
