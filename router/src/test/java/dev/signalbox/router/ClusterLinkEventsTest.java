package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClusterLink.Channel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterLinkEventsTest {
    private static final Channel A = new Channel("a");
    private static final Channel B = new Channel("b");

    /** Room for three publications of one byte. */
    private static final long ROOM = 3 * 65;

    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Set<Channel> wanted = ConcurrentHashMap.newKeySet();
    private final ClusterLinkEvents events = ClusterLinkEvents.start(new Slow(), wanted::contains, ROOM);

    ClusterLinkEventsTest() {
        wanted.add(A);
        wanted.add(B);
    }

    /** Stands still at its first event until the test lets it go on. */
    private final class Slow implements ClusterLink.Listener {
        @Override
        public void received(Channel channel, byte[] bytes) {
            tell(channel.name() + bytes[0]);
            if (bytes[0] == 99) {
                throw new IllegalStateException("as this test wants it");
            }
        }

        @Override
        public void up() {
            tell("up");
        }

        @Override
        public void down(String reason) {
            tell(reason);
        }

        @Override
        public void lost(Channel channel) {
            tell("lost " + channel.name());
        }

        private void tell(String event) {
            told.add(event);
            first.countDown();
            if (event.equals("end")) {
                ended.countDown();
            }
            try {
                assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @AfterEach
    void end() {
        goOn.countDown();
        events.close();
    }

    private void awaitEnd() throws InterruptedException {
        events.down("end");
        goOn.countDown();
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private void hold() throws InterruptedException {
        events.up();
        assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private void receive(Channel channel, int number) {
        events.received(channel, new byte[] {(byte) number});
    }

    @Test
    void whatDoesNotFitIsToldAsLostInItsPlace() throws InterruptedException {
        hold();
        receive(A, 1);
        receive(B, 1);
        receive(A, 2);
        for (int i = 3; i < 1_000; i++) {
            receive(A, i);
        }
        receive(B, 2);

        awaitEnd();

        assertThat(told).containsExactly("up", "a1", "b1", "a2", "lost a", "lost b", "end");
    }

    @Test
    void aLossAfterOneThatWasToldIsToldAgain() throws InterruptedException {
        hold();
        events.lost(A);
        events.lost(A);
        receive(A, 1);
        events.lost(A);

        awaitEnd();

        assertThat(told).containsExactly("up", "lost a", "a1", "lost a", "end");
    }

    @Test
    void aPublicationOfAnySizeFitsWhenNothingWaits() throws InterruptedException {
        hold();
        events.received(A, new byte[10_000]);
        receive(A, 1);

        awaitEnd();

        assertThat(told).containsExactly("up", "a0", "lost a", "end");
    }

    @Test
    void onlyChangesOfTheStateAreTold() throws InterruptedException {
        hold();
        events.up();
        events.down("one");
        events.down("one");
        events.down("two");
        events.up();

        awaitEnd();

        assertThat(told).containsExactly("up", "one", "two", "up", "end");
    }

    @Test
    void whatWaitsOfAChannelThatIsNotWantedAnyMoreIsNotTold() throws InterruptedException {
        hold();
        receive(A, 1);
        events.lost(A);
        receive(B, 1);
        wanted.remove(A);

        awaitEnd();

        assertThat(told).containsExactly("up", "b1", "end");
    }

    @Test
    void aListenerThatFailsIsToldOfWhatComesNext() throws InterruptedException {
        receive(A, 99);
        receive(A, 1);

        awaitEnd();

        assertThat(told).containsExactly("a99", "a1", "end");
    }

    @Test
    void afterTheEndNothingIsTold() throws InterruptedException {
        hold();
        receive(A, 1);
        Thread closing = Thread.startVirtualThread(events::close);
        goOn.countDown();
        closing.join();
        int before = told.size();

        receive(A, 2);
        events.close();

        assertThat(told).hasSize(before).startsWith("up");
    }
}
