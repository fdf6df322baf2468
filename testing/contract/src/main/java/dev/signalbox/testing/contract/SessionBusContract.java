package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SessionBus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the session bus does on every store: sending, reading, following. */
public abstract class SessionBusContract extends SessionContract {

    @Test
    void aSessionSeesItsOwnEventsOnly() throws Exception {
        SessionBus<String> bus = bus();
        Recorder mine = new Recorder();
        bus.subscribe("mine", From.now(), mine);
        mine.awaitStarted();
        for (int i = 0; i < 10; i++) {
            bus.send("foreign" + i, "not for me");
        }
        bus.send("mine", "for me");
        await().until(() -> mine.texts().equals(List.of("for me")));
    }

    @Test
    void fiveInOrderAmongAThousand() throws Exception {
        SessionBus<String> bus = bus();
        Recorder mine = new Recorder();
        bus.subscribe("mine", From.now(), mine);
        mine.awaitStarted();
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sent.add(bus.sendAsync("noise" + i % 17, "noise"));
            if (i % 200 == 100) {
                sent.add(bus.sendAsync("mine", "m" + i / 200));
            }
        }
        joinAll(sent);
        await().until(() -> mine.texts().equals(List.of("m0", "m1", "m2", "m3", "m4")));
        mine.assertWhole();
    }

    @Test
    void resumesAfterAnyOffset() throws Exception {
        SessionBus<String> bus = bus();
        List<Long> offsets =
                IntStream.range(0, 20).mapToObj(i -> bus.send("s", "e" + i)).toList();
        for (int i = 0; i < 20; i++) {
            int rest = 19 - i;
            Recorder recorder = new Recorder();
            try (var subscription = bus.subscribe("s", From.after(offsets.get(i)), recorder)) {
                recorder.awaitStarted();
                await().until(() -> recorder.texts().size() == rest);
                recorder.assertWhole();
                assertThat(subscription.offset()).isEqualTo(offsets.getLast());
            }
        }
    }

    @Test
    void followsWhatAnotherNodeSends() throws Exception {
        SessionBus<String> here = bus();
        SessionBus<String> there = bus();
        Recorder recorder = new Recorder();
        here.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        joinAll(IntStream.range(0, 100)
                .mapToObj(i -> there.sendAsync("s", "e" + i))
                .toList());
        await().until(() -> recorder.texts().size() == 100);
        recorder.assertWhole();
    }
}
