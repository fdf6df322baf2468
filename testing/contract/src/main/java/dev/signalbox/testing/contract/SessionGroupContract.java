package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.Claimed;
import dev.signalbox.session.bus.DeadLetter;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.GroupOptions;
import dev.signalbox.session.bus.Member;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sharing the work on a session. */
public abstract class SessionGroupContract extends SessionContract {
    private static final GroupOptions GROUP = GroupOptions.DEFAULT.withLease(Duration.ofSeconds(10));
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);

    @Test
    void membersOfAllNodesShareTheEvents() throws Exception {
        List<SessionBus<String>> nodes = List.of(bus(), bus());
        Map<String, Integer> done = new ConcurrentHashMap<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Member<String>> members = new ArrayList<>();
            List<Future<?>> working = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Member<String> member = nodes.get(i % 2).join("s", "g", GROUP);
                members.add(member);
                working.add(threads.submit(() -> work(member, done)));
            }
            sendAll(nodes.getFirst(), "s", 150);
            sendAll(nodes.getLast(), "s", 150);
            await().until(() -> done.values().stream().mapToInt(n -> n).sum() >= 300);
            members.forEach(Member::close);
            for (Future<?> one : working) {
                assertThatThrownBy(one::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(SessionClosedException.class);
            }
        }
        assertThat(done.values().stream().mapToInt(n -> n).sum()).isEqualTo(300);
        assertThat(nodes.getFirst().join("s", "g", GROUP).take(1, NOW)).isEmpty();
    }

    private static Object work(Member<String> member, Map<String, Integer> done) throws InterruptedException {
        while (true) {
            for (Claimed<String> claimed : member.take(7, SOON)) {
                assertThat(claimed.attempt()).isEqualTo(1);
                done.merge(claimed.event().value(), 1, Integer::sum);
                assertThat(claimed.acknowledge()).isTrue();
            }
        }
    }

    @Test
    void everyGroupGetsEverything() throws Exception {
        SessionBus<String> bus = bus();
        sendAll(bus, "s", 5);
        for (String group : List.of("one", "other")) {
            assertThat(bus.join("s", group, GROUP).take(10, SOON)).hasSize(5);
        }
    }

    @Test
    void waitsUntilAnotherNodeSends() throws Exception {
        SessionBus<String> bus = bus();
        Member<String> member = bus.join("s", "g", GROUP.withStart(From.now()));
        assertThat(member.take(5, NOW)).isEmpty();
        CompletableFuture<List<Claimed<String>>> taken = CompletableFuture.supplyAsync(() -> take(member));
        bus().send("s", "at last");
        assertThat(taken.get(20, TimeUnit.SECONDS).getFirst().event().value()).isEqualTo("at last");
    }

    private static List<Claimed<String>> take(Member<String> member) {
        try {
            return member.take(5, SOON);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatACrashedMemberHeldIsHandedOutAgainAndItsLateAcknowledgementRefused() throws Exception {
        SessionBus<String> bus = bus();
        sendAll(bus, "s", 3);
        Member<String> crashed = bus.join("s", "g", GROUP);
        List<Claimed<String>> lost = crashed.take(3, SOON);
        assertThat(lost.getFirst().acknowledge()).isTrue();
        Member<String> heir = bus().join("s", "g", GROUP);
        assertThat(heir.take(3, NOW)).isEmpty();
        clock.advance(GROUP.lease());
        List<Claimed<String>> inherited = heir.take(3, SOON);
        assertThat(inherited).extracting(Claimed::attempt).containsExactly(2, 2);
        assertThat(lost.get(1).acknowledge()).isFalse();
        assertThat(crashed.acknowledge(lost.subList(1, 3))).isEqualTo(lost.subList(1, 3));
        assertThat(heir.acknowledge(inherited)).isEmpty();
        clock.advance(GROUP.lease());
        assertThat(heir.take(3, NOW)).isEmpty();
    }

    @Test
    void aWaitingMemberTakesOverWhenALeaseEnds() throws Exception {
        SessionBus<String> bus = bus();
        bus.send("s", "e");
        assertThat(bus.join("s", "g", GROUP).take(1, SOON)).hasSize(1);
        Member<String> waiting = bus.join("s", "g", GROUP);
        CompletableFuture<List<Claimed<String>>> taken = CompletableFuture.supplyAsync(() -> take(waiting));
        clock.advance(GROUP.lease());
        assertThat(taken.get(20, TimeUnit.SECONDS).getFirst().attempt()).isEqualTo(2);
    }

    @Test
    void whatIsReleasedComesBackAtOnce() throws Exception {
        SessionBus<String> bus = bus();
        sendAll(bus, "s", 3);
        Member<String> one = bus.join("s", "g", GROUP);
        List<Claimed<String>> taken = one.take(2, SOON);
        taken.getFirst().release();
        Member<String> other = bus.join("s", "g", GROUP);
        List<Claimed<String>> again = other.take(5, SOON);
        assertThat(again)
                .extracting(claimed -> claimed.id().offset())
                .containsExactly(
                        taken.getFirst().id().offset(), taken.getLast().id().offset() + 1);
        assertThat(again).extracting(Claimed::attempt).containsExactly(2, 1);
        assertThat(taken.getFirst().acknowledge()).isFalse();
    }

    @Test
    void aClosedMemberGivesBackWhatItHolds() throws Exception {
        SessionBus<String> bus = bus();
        sendAll(bus, "s", 3);
        Member<String> one = bus.join("s", "g", GROUP);
        one.take(3, SOON).getFirst().acknowledge();
        one.close();
        one.close();
        assertThat(bus.join("s", "g", GROUP).take(5, SOON)).hasSize(2);
        assertThatThrownBy(() -> one.take(1, SOON)).isInstanceOf(SessionClosedException.class);
    }

    @Test
    void goesOnWhereItWasAfterAllNodesEnded() throws Exception {
        SessionBus<String> before = bus();
        sendAll(before, "s", 4);
        Member<String> member = before.join("s", "g", GROUP);
        List<Claimed<String>> taken = member.take(3, SOON);
        assertThat(member.acknowledge(taken.subList(0, 2))).isEmpty();
        before.close();
        SessionBus<String> after = bus();
        after.send("s", "later");
        List<Claimed<String>> rest =
                after.join("s", "g", GROUP.withStart(From.now())).take(10, SOON);
        long third = taken.getLast().id().offset();
        assertThat(rest).extracting(claimed -> claimed.id().offset()).containsExactly(third, third + 1, third + 2);
        assertThat(rest).extracting(Claimed::attempt).containsExactly(2, 1, 1);
    }

    @Test
    void eventsThatAreGoneAreTold() throws Exception {
        SessionBus<String> bus = bus(Retention.ofEvents(2), OPTIONS.withTrim(Duration.ofMillis(20)));
        Member<String> member = bus.join("s", "g", GROUP);
        long first = bus.send("s", "e");
        List<Claimed<String>> taken = member.take(1, SOON);
        assertThat(taken.getFirst().gap()).isEmpty();
        assertThat(taken.getFirst().acknowledge()).isTrue();
        sendAll(bus, "s", 5);
        await().until(() -> bus.read("s", From.beginning(), 10).events().size() == 2);
        List<Claimed<String>> rest = member.take(5, SOON);
        assertThat(rest).extracting(claimed -> claimed.id().offset()).containsExactly(first + 4, first + 5);
        assertThat(rest.getFirst().gap()).contains(new Gap("s", first + 1, first + 4));
        assertThat(rest.getLast().gap()).isEmpty();
    }

    @Test
    void aRenewedLeaseLastsLonger() throws Exception {
        SessionBus<String> bus = bus();
        bus.send("s", "e");
        Claimed<String> claimed = bus.join("s", "g", GROUP).take(1, SOON).getFirst();
        Member<String> other = bus().join("s", "g", GROUP);
        clock.advance(Duration.ofSeconds(9));
        assertThat(claimed.renew()).isTrue();
        clock.advance(Duration.ofSeconds(9));
        assertThat(other.take(1, NOW)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(other.take(1, SOON)).hasSize(1);
        assertThat(claimed.renew()).isFalse();
        assertThat(claimed.release()).isFalse();
        assertThat(claimed.acknowledge()).isFalse();
    }

    @Test
    void whatUsedUpItsAttemptsIsADeadLetter() throws Exception {
        GroupOptions twice = GROUP.withMaxAttempts(2);
        SessionBus<String> bus = bus();
        bus.send("s", "poison");
        bus.send("s", "fine");
        Member<String> member = bus.join("s", "g", twice);
        for (int attempt = 1; attempt <= 2; attempt++) {
            Claimed<String> poison = member.take(1, SOON).getFirst();
            assertThat(poison.attempt()).isEqualTo(attempt);
            assertThat(poison.release()).isTrue();
        }
        Claimed<String> fine = member.take(5, SOON).getFirst();
        assertThat(fine.event().value()).isEqualTo("fine");
        Member<String> other = bus().join("s", "g", twice);
        assertThat(other.deadLetters()).extracting(DeadLetter::attempts).containsExactly(2);
        DeadLetter dead = other.deadLetters().getFirst();
        assertThat(other.retry(dead)).isTrue();
        assertThat(other.retry(dead)).isFalse();
        Claimed<String> again = other.take(1, SOON).getFirst();
        assertThat(again.event().value()).isEqualTo("poison");
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(other.deadLetters()).isEmpty();
    }

    @Test
    void aRejectedEventIsADeadLetterUntilItIsDiscarded() throws Exception {
        SessionBus<String> bus = bus();
        bus.send("s", "e");
        Member<String> member = bus.join("s", "g", GROUP);
        Claimed<String> claimed = member.take(1, SOON).getFirst();
        assertThat(claimed.reject()).isTrue();
        assertThat(claimed.reject()).isFalse();
        assertThat(claimed.acknowledge()).isFalse();
        clock.advance(GROUP.lease());
        assertThat(member.take(1, NOW)).isEmpty();
        DeadLetter dead = member.deadLetters().getFirst();
        assertThat(dead.event()).isEqualTo(claimed.id());
        assertThat(member.discard(dead)).isTrue();
        assertThat(member.discard(dead)).isFalse();
        assertThat(member.deadLetters()).isEmpty();
    }

    @Test
    void whatRetentionRemovedIsNotHandedOutAgain() throws Exception {
        SessionBus<String> bus = bus(Retention.ofEvents(2), OPTIONS.withTrim(Duration.ofMillis(20)));
        long first = bus.send("s", "e");
        Member<String> member = bus.join("s", "g", GROUP);
        assertThat(member.take(1, SOON)).hasSize(1);
        sendAll(bus, "s", 3);
        await().until(() -> bus.read("s", From.beginning(), 10).events().size() == 2);
        clock.advance(GROUP.lease());
        List<Claimed<String>> rest = member.take(5, SOON);
        assertThat(rest).extracting(claimed -> claimed.id().offset()).containsExactly(first + 2, first + 3);
        assertThat(rest).extracting(Claimed::attempt).containsExactly(1, 1);
    }

    @Test
    void takesWithinItsLimits() throws Exception {
        SessionBus<String> bus = bus();
        Member<String> member = bus.join("s", "g", GROUP);
        assertThatThrownBy(() -> member.take(0, NOW)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GROUP.withLease(Duration.ofMillis(999))).isInstanceOf(IllegalArgumentException.class);
        joinAll(IntStream.range(0, 1_100)
                .mapToObj(i -> bus.sendAsync("s", "e" + i))
                .toList());
        assertThat(member.take(1_000, SOON)).hasSize(1_000);
        assertThat(member.take(1_000, SOON)).hasSize(100);
    }
}
