package dev.signalbox.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionUnavailableException;
import dev.signalbox.testing.contract.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Senders and subscribers that go on while somebody breaks things, and know afterwards whether all is well. */
final class Traffic {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<SessionBus<String>> buses;
    private final int sessions;
    private final Map<String, List<Recorder>> recorders = new TreeMap<>();
    private final Map<String, Map<Long, String>> sent = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger unknown = new AtomicInteger();
    private final List<Thread> senders = new ArrayList<>();

    Traffic(List<SessionBus<String>> buses, int sessions) {
        this.buses = buses;
        this.sessions = sessions;
    }

    /** Subscribes on each bus to each session, and starts a sender for each session on each bus. */
    void start() throws InterruptedException {
        for (SessionBus<String> bus : buses) {
            for (int i = 0; i < sessions; i++) {
                Recorder recorder = new Recorder();
                recorders.computeIfAbsent("s" + i, name -> new ArrayList<>()).add(recorder);
                bus.subscribe("s" + i, From.beginning(), recorder);
                recorder.awaitStarted();
            }
        }
        for (int node = 0; node < buses.size(); node++) {
            int sender = node;
            IntStream.range(0, sessions)
                    .forEach(i -> senders.add(
                            Thread.ofVirtual().start(() -> send(buses.get(sender), "s" + i, "sender" + sender + "-"))));
        }
    }

    private void send(SessionBus<String> bus, String session, String prefix) {
        for (int n = 0; !over.get(); n++) {
            try {
                long offset = bus.send(session, prefix + n);
                sent.computeIfAbsent(session, name -> new ConcurrentHashMap<>()).put(offset, prefix + n);
            } catch (SessionUnavailableException e) {
                unknown.incrementAndGet();
            }
        }
    }

    int count() {
        return sent.values().stream().mapToInt(Map::size).sum();
    }

    void stop() throws InterruptedException {
        over.set(true);
        for (Thread sender : senders) {
            assertThat(sender.join(SOON)).as("a sender ends").isTrue();
        }
    }

    /** Each subscriber saw just what was sent: nothing lost, nothing doubled, nothing out of order, no gap. */
    void assertNothingLostDoubledOrReordered() {
        assertThat(unknown).as("sends without an outcome").hasValue(0);
        recorders.forEach((session, all) -> {
            List<String> expected = List.copyOf(new TreeMap<>(sent.get(session)).values());
            for (Recorder recorder : all) {
                await().atMost(SOON).until(() -> recorder.events().size() >= expected.size());
                assertThat(recorder.texts())
                        .as("what session %s showed", session)
                        .containsExactlyElementsOf(expected);
                recorder.assertWhole();
                assertInOrder(expected);
            }
        });
    }

    private void assertInOrder(List<String> texts) {
        for (int node = 0; node < buses.size(); node++) {
            String prefix = "sender" + node + "-";
            List<Integer> numbers = texts.stream()
                    .filter(text -> text.startsWith(prefix))
                    .map(text -> Integer.valueOf(text.substring(prefix.length())))
                    .toList();
            assertThat(numbers)
                    .isEqualTo(IntStream.range(0, numbers.size()).boxed().toList());
        }
    }
}
