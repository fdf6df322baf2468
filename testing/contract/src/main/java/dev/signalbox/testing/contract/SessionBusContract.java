package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.GroupOptions;
import dev.signalbox.session.bus.Member;
import dev.signalbox.session.bus.Page;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionClosedException;
import dev.signalbox.session.bus.SessionCodecException;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the session bus does on every store: sending, reading, what it refuses, how it ends. */
public abstract class SessionBusContract extends SessionSendContract {
    /** An event type of an application. */
    public record Moved(String piece, int x, int y, List<String> tags, Instant at) {}

    @Test
    void aSessionSeesItsOwnEventsOnly() throws Exception {
        SessionBus<String> bus = bus();
        Recorder mine = follow(bus, "mine", From.now());
        for (int i = 0; i < 10; i++) {
            bus.send("foreign" + i, "not for me");
        }
        bus.send("mine", "for me");
        await().until(() -> mine.texts().equals(List.of("for me")));
    }

    @Test
    void fiveInOrderAmongAThousand() throws Exception {
        SessionBus<String> bus = bus();
        Recorder mine = follow(bus, "mine", From.now());
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
    void aSendTellsItsOffsetAndIsThereAfterwards() throws Exception {
        SessionBus<String> bus = bus();
        long first = bus.send("s", "a");
        assertThat(bus.send("s", "b")).isEqualTo(first + 1);
        assertThat(bus().read("s", From.beginning(), 10).events())
                .extracting(Event::session, Event::offset, Event::at, Event::value)
                .containsExactly(tuple("s", first, clock.instant(), "a"), tuple("s", first + 1, clock.instant(), "b"));
    }

    @Test
    void asynchronousSendsKeepTheirOrder() throws Exception {
        SessionBus<String> bus = bus();
        List<Long> offsets = joinAll(IntStream.range(0, 1_000)
                .mapToObj(i -> bus.sendAsync("s", "e" + i))
                .toList());
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
        assertThat(offsets.getLast() - offsets.getFirst()).isEqualTo(999);
        assertThat(bus.read("s", From.beginning(), 1_000).events())
                .extracting(Event::value)
                .containsExactlyElementsOf(
                        IntStream.range(0, 1_000).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void isReadPageByPage() throws Exception {
        SessionBus<String> bus = bus();
        long last = sendAll(bus, "s", 25).getLast();
        List<String> texts = new ArrayList<>();
        Page<String> page = bus.read("s", From.beginning(), 10);
        for (; page.hasMore(); page = bus.read("s", From.after(page.next()), 10)) {
            page.events().forEach(event -> texts.add(event.value()));
        }
        page.events().forEach(event -> texts.add(event.value()));
        assertThat(texts).hasSize(25).doesNotHaveDuplicates();
        assertThat(page.last()).isEqualTo(last);
        Page<String> end = bus.read("s", From.after(page.next()), 10);
        assertThat(end).isEqualTo(new Page<String>(List.of(), Optional.empty(), page.next(), last));
        assertThat(bus.read("s", From.after(last), 10)).isEqualTo(end);
        assertThat(bus.read("s", From.now(), 10).events()).isEmpty();
        assertThat(bus.read("unknown", From.beginning(), 10).last()).isZero();
    }

    @Test
    void isReadSinceAnInstant() throws Exception {
        SessionBus<String> bus = bus();
        bus.send("s", "early");
        clock.advance(Duration.ofMinutes(1));
        Instant between = clock.instant();
        bus.send("s", "late");
        assertThat(bus.read("s", From.since(between), 10).events())
                .extracting(Event::value)
                .containsExactly("late");
        assertThat(bus.read("s", From.since(between.minus(Duration.ofMinutes(5))), 10)
                        .events())
                .hasSize(2);
        Recorder recorder = follow(bus, "s", From.since(between));
        await().until(() -> recorder.texts().equals(List.of("late")));
    }

    @Test
    void carriesRecordsAsJson() throws Exception {
        SessionBus<Moved> bus = typed();
        Moved moved =
                new Moved("♞", 3, -4, List.of("check", "\"quoted\""), Instant.parse("2026-03-01T12:00:00.123456Z"));
        bus.send("s", moved);
        assertThat(bus.read("s", From.beginning(), 1).events().getFirst().value())
                .isEqualTo(moved);
    }

    @Test
    void anUnreadableEventEndsTheSubscriptionUnlessItIsSkipped() throws Exception {
        SessionBus<String> raw = bus();
        long bad = raw.send("s", "no JSON");
        SessionBus<Moved> bus = typed();
        bus.send("s", new Moved("♜", 1, 1, List.of(), clock.instant()));
        Collector strict = new Collector(false);
        bus.subscribe("s", From.beginning(), strict);
        assertThat(strict.awaitEnded())
                .get()
                .isInstanceOf(SessionCodecException.class)
                .asString()
                .contains(Long.toString(bad));
        Collector lenient = new Collector(true);
        bus.subscribe("s", From.beginning(), lenient);
        await().until(() -> lenient.pieces().equals(List.of("♜")));
        assertThatThrownBy(() -> bus.read("s", From.beginning(), 10)).isInstanceOf(SessionCodecException.class);
    }

    @Test
    void resumesAfterAnyOffset() throws Exception {
        SessionBus<String> bus = bus();
        List<Long> offsets = sendAll(bus, "s", 20);
        for (int i = 0; i < 20; i++) {
            int rest = 19 - i;
            Recorder recorder = new Recorder();
            try (var subscription = bus.subscribe("s", From.after(offsets.get(i)), recorder)) {
                recorder.awaitStarted();
                await().until(() -> recorder.texts().size() == rest
                        && subscription.position().offset() == offsets.getLast());
                recorder.assertWhole();
            }
        }
    }

    @Test
    void resumingWhereEventsAreGoneTellsAGapFirst() throws Exception {
        SessionBus<String> bus = bus(Retention.ofEvents(3), OPTIONS.withTrim(Duration.ofMillis(50)));
        long first = bus.send("s", "e0");
        sendAll(bus, "s", 9);
        await().until(() -> bus.read("s", From.beginning(), 10).events().size() == 3);
        Gap gap = new Gap("s", first + 1, first + 7);
        assertThat(bus.read("s", From.after(first), 10).gap()).contains(gap);
        Recorder recorder = follow(bus, "s", From.after(first));
        await().until(() -> recorder.texts().size() == 3);
        assertThat(recorder.gaps()).containsExactly(gap);
        assertThat(recorder.events().getFirst().offset()).isEqualTo(gap.next());
        Recorder fromTheBeginning = follow(bus, "s", From.beginning());
        await().until(() -> fromTheBeginning.texts().size() == 3);
        assertThat(fromTheBeginning.gaps()).isEmpty();
        Recorder exact = follow(bus, "s", From.after(first + 6));
        await().until(() -> exact.texts().size() == 3);
        assertThat(exact.gaps()).isEmpty();
    }

    @Test
    void resumingInASessionThatBeganAnewTellsAGap() throws Exception {
        SessionStore store = store(Retention.ofAge(Duration.ofMinutes(1)));
        SessionBus<String> bus = bus(Retention.ofAge(Duration.ofMinutes(1)), OPTIONS);
        long old = bus.send("s", "old");
        clock.advance(Duration.ofMinutes(2));
        while (store.trim(clock.instant()) > 0) {
            // The next step removes more.
        }
        Recorder before = follow(bus, "s", From.after(old));
        long anew = bus.send("s", "new");
        assertThat(anew).isGreaterThan(old);
        Recorder after = follow(bus, "s", From.after(old));
        for (Recorder recorder : List.of(before, after)) {
            await().until(() -> recorder.texts().equals(List.of("new")));
            if (anew > old + 1) {
                assertThat(recorder.gaps()).containsExactly(new Gap("s", old + 1, anew));
            }
        }
    }

    @Test
    void aSubscriberThatFailsEndsAloneAndHearsWhy() throws Exception {
        SessionBus<String> bus = bus();
        Recorder well = follow(bus, "s", From.now());
        Recorder failing = new Recorder() {
            @Override
            public void onEvent(Event<String> event) throws Exception {
                super.onEvent(event);
                throw new IllegalStateException("cannot take " + event.value());
            }
        };
        bus.subscribe("s", From.beginning(), failing);
        bus.send("s", "a");
        assertThat(failing.awaitEnded()).get().asString().contains("cannot take a");
        bus.send("s", "b");
        await().until(() -> well.texts().equals(List.of("a", "b")));
        assertThat(failing.texts()).containsExactly("a");
        await().until(() -> bus.subscribers() == 1);
    }

    @Test
    void aClosedSubscriptionIsToldNothingMore() throws Exception {
        SessionBus<String> bus = bus();
        Recorder recorder = new Recorder();
        var subscription = bus.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        bus.send("s", "a");
        await().until(() -> recorder.texts().size() == 1);
        subscription.close();
        subscription.close();
        assertThat(recorder.awaitEnded()).isEmpty();
        bus.send("s", "b");
        Recorder other = follow(bus, "s", From.beginning());
        await().until(() -> other.texts().size() == 2);
        assertThat(recorder.texts()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "tab\t", "line\n", "nul\0", "\uD83D", "zero\u200Bwidth", "no\u00A0break"})
    void refusesNamesThatCannotBeSeen(String name) throws Exception {
        SessionBus<String> bus = bus();
        assertThatThrownBy(() -> bus.send(name, "e"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session");
        assertThatThrownBy(() -> bus.subscribe(name, From.now(), new Recorder()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bus.join("s", name, GroupOptions.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "client-1/room:7", "ü/✓", "𝄞", "%;'\"\\$1", "{tag}*?[x]", "a:b,c|d"})
    void takesNamesThatCanBeSeen(String name) throws Exception {
        SessionBus<String> bus = bus();
        Recorder recorder = follow(bus, name, From.now());
        Recorder elsewhere = follow(bus(), name, From.now());
        bus.send(name, name);
        assertThat(bus.read(name, From.beginning(), 1).events())
                .extracting(Event::value)
                .containsExactly(name);
        await().until(() ->
                recorder.texts().equals(List.of(name)) && elsewhere.texts().equals(List.of(name)));
        try (Member<String> member = bus.join(name, name, GroupOptions.DEFAULT)) {
            assertThat(member.take(1, Duration.ofSeconds(20)).getFirst().event().value())
                    .isEqualTo(name);
        }
    }

    @Test
    void namesAreBounded() throws Exception {
        SessionBus<String> bus = bus();
        bus.send("ü".repeat(200), "e");
        assertThat(bus.read("ü".repeat(200), From.beginning(), 1).events()).hasSize(1);
        assertThatThrownBy(() -> bus.send("s".repeat(201), "e")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void payloadsAreBounded() throws Exception {
        SessionBus<String> bus = bus(Retention.FOREVER, OPTIONS.withMaxPayload(1 << 20));
        String largest = "x".repeat(1 << 20);
        bus.send("s", largest);
        assertThat(bus.read("s", From.beginning(), 1).events().getFirst().value())
                .isEqualTo(largest);
        assertThatThrownBy(() -> bus.send("s", largest + "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048577 bytes");
        bus.send("s", "");
        assertThat(bus.read("s", From.beginning(), 10).events()).hasSize(2);
    }

    @Test
    void limitsOfReadingAreChecked() throws Exception {
        SessionBus<String> bus = bus();
        assertThatThrownBy(() -> bus.read("s", From.beginning(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bus.read("s", From.beginning(), 1_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> From.after(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closingFinishesWhatWasSentAndEndsWhatWasBegun() throws Exception {
        SessionBus<String> bus = bus();
        Recorder recorder = follow(bus, "s", From.now());
        Member<String> member = bus.join("s", "g", GroupOptions.DEFAULT);
        List<CompletableFuture<Long>> sent = IntStream.range(0, 500)
                .mapToObj(i -> bus.sendAsync("s", "e" + i))
                .toList();
        bus.close();
        bus.close();
        assertThat(joinAll(sent)).doesNotHaveDuplicates();
        assertThat(recorder.awaitEnded()).isEmpty();
        assertThatThrownBy(() -> bus.send("s", "late")).isInstanceOf(SessionClosedException.class);
        assertThatThrownBy(() -> bus.subscribe("s", From.now(), new Recorder()))
                .isInstanceOf(SessionClosedException.class);
        assertThatThrownBy(() -> member.take(1, Duration.ofSeconds(1))).isInstanceOf(SessionClosedException.class);
        await().until(() -> bus.subscribers() == 0);
        assertThat(bus().read("s", From.beginning(), 1_000).events()).hasSize(500);
    }

    @Test
    void sessionsAreListedAndDeleted() throws Exception {
        SessionBus<String> bus = bus();
        long last = bus.send("s", "old");
        bus.send("t", "other");
        Recorder recorder = follow(bus, "s", From.now());
        assertThat(bus.sessions("", 10)).containsExactlyInAnyOrder("s", "t");
        bus.delete("s");
        assertThat(bus.sessions("", 10)).containsExactly("t");
        assertThat(bus.read("s", From.beginning(), 10).last()).isZero();
        clock.advance(Duration.ofSeconds(1));
        long anew = bus.send("s", "new");
        await().until(() -> recorder.texts().equals(List.of("new")));
        assertThat(recorder.gaps()).containsExactly(new Gap("s", last + 1, anew));
        assertThatThrownBy(() -> bus.sessions("", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private SessionBus<Moved> typed() throws Exception {
        return closing(SessionBus.builder(connect(Retention.FOREVER, clock), Codec.json(Moved.class))
                .options(BusOptions.DEFAULT)
                .build());
    }
}
