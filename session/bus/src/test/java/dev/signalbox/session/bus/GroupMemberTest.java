package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class GroupMemberTest {

    /** Who tells may be the thread that would bring the store's answer, as with Redis's client. */
    @Test
    void whoTellsOfNewsDoesNotWaitForTheStoreToAnswerAMember() throws Exception {
        ScriptedStore store = new ScriptedStore();
        CompletableFuture<Boolean> toldMeanwhile = new CompletableFuture<>();
        try (SessionBus<String> bus = SessionBus.builder(store, Codec.text()).build()) {
            Member<String> member = bus.join("s", "g", GroupOptions.DEFAULT);
            store.duringRead.set(() -> toldMeanwhile.complete(isToldWithin(store, Duration.ofSeconds(5))));

            member.take(1, Duration.ofMillis(1));
        }

        assertThat(toldMeanwhile).isCompletedWithValue(true);
    }

    private static boolean isToldWithin(ScriptedStore store, Duration time) {
        CompletableFuture<Void> told = CompletableFuture.runAsync(() ->
                store.put(new Append(UUID.randomUUID(), Instant.EPOCH, List.of(new Entry("s", "", new byte[] {'1'})))));
        try {
            told.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
