package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What two senders say to one session, plain and to be acknowledged, while its connection has room or has none and messages are
 * acknowledged or expire: each sender's messages come in their order and none twice, and in the end none that still waits is missing.
 */
public class InboxLincheckTest {
    /** One for each run of the test: it may be repeated. */
    private static RouterFixture fixture;

    private static final AtomicInteger USERS = new AtomicInteger();

    /** One who sends, in one thread at a time: only then is there an order. */
    private final class Sender {
        private final Address.Logic address;
        /** What has to arrive. */
        private final Set<Integer> due = ConcurrentHashMap.newKeySet();

        private int last;

        Sender(String name) {
            address = Address.logic(name);
        }

        private Message next() {
            return Message.of(address, user.address(), Payload.text(String.valueOf(++last)));
        }

        boolean plain() {
            Message message = next();
            due.add(last);
            return user.offer(session, message);
        }

        Inbox.Added acknowledged() {
            Inbox.Waiting waiting = new Inbox.Waiting(next(), user.address(), null, null, ended -> {});
            due.add(last);
            Inbox.Added added = user.add(waiting).orElseThrow();
            waits.add(waiting);
            user.pump();
            return added;
        }

        List<Integer> arrived() {
            return connection.offered.stream()
                    .filter(each -> each.source().equals(address))
                    .map(InboxLincheckTest::number)
                    .toList();
        }
    }

    private final FakeConnection connection = new FakeConnection();
    private final Attachment attachment = attachment(connection);
    private final LiveSession session = attachment.session();
    private final User user = session.user();
    private final Sender first = new Sender("first");
    private final Sender second = new Sender("second");
    private final Queue<Inbox.Waiting> waits = new ConcurrentLinkedQueue<>();

    /** A session that its client could come back to: what it cannot take now waits for it. */
    private static Attachment attachment(FakeConnection connection) {
        Principal principal = new Principal("user" + USERS.incrementAndGet(), Map.of());
        ClientGateway.Admission admission =
                fixture.endpoint.gateway().connect(principal, connection, new SessionStart.Resumable());
        return (Attachment) ((ClientGateway.Admission.Admitted) admission).session();
    }

    private static int number(Message message) {
        return Integer.parseInt(message.payload().toString());
    }

    @Operation(nonParallelGroup = "first")
    public boolean plainOfTheFirst() {
        return first.plain();
    }

    @Operation(nonParallelGroup = "first")
    public Inbox.Added acknowledgedOfTheFirst() {
        return first.acknowledged();
    }

    @Operation(nonParallelGroup = "second")
    public boolean plainOfTheSecond() {
        return second.plain();
    }

    @Operation(nonParallelGroup = "second")
    public Inbox.Added acknowledgedOfTheSecond() {
        return second.acknowledged();
    }

    /** The oldest is acknowledged, or has waited for too long; from now on it need not arrive. */
    @Operation
    public void end() {
        Inbox.Waiting oldest = waits.poll();
        if (oldest != null) {
            Sender sender = oldest.message().source().equals(first.address) ? first : second;
            sender.due.remove(number(oldest.message()));
            user.remove(oldest);
            user.pump();
        }
    }

    @Operation
    public void block() {
        connection.room = 0;
    }

    @Operation
    public void unblock() {
        connection.room = Integer.MAX_VALUE;
        user.pump();
    }

    @Operation
    public boolean isInOrder() {
        return isSorted(first.arrived()) && isSorted(second.arrived());
    }

    private static boolean isSorted(List<Integer> numbers) {
        List<Integer> sorted = new ArrayList<>(Set.copyOf(numbers));
        Collections.sort(sorted);
        return sorted.equals(numbers);
    }

    @Validate
    public void everythingArrives() {
        unblock();
        assertThat(isInOrder()).isTrue();
        assertThat(first.due).isSubsetOf(first.arrived());
        assertThat(second.due).isSubsetOf(second.arrived());
        assertThat(connection.closed).hasNullValue();
    }

    @BeforeAll
    static void open() {
        fixture = new RouterFixture();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void everyOutcomeIsThatOfSomeOrder() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(4)
                .check(InboxLincheckTest.class);
    }
}
