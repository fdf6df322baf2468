package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    private static Reach reach(String body) {
        return Reach.to("sms:+61400000000").body(body).build();
    }

    private static List<Receipt> receipts(List<Reach> reaches) {
        return reaches.stream().map(reach -> new Receipt(reach.id(), false)).toList();
    }

    @Test
    void thoseWhoComeDuringACommitShareTheNext() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Intake intake = new Intake(reaches -> {
            sizes.add(reaches.size());
            begun.countDown();
            await(first);
            return receipts(reaches);
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Receipt>>> calls = new ArrayList<>();
            calls.add(threads.submit(() -> intake.enqueue(List.of(reach("0")))));
            begun.await();
            for (int i = 0; i < 20; i++) {
                calls.add(threads.submit(() -> intake.enqueue(List.of(reach("a"), reach("b")))));
            }
            org.awaitility.Awaitility.await().until(() -> intake.size() == 20);
            first.countDown();
            for (Future<List<Receipt>> call : calls) {
                assertThat(call.get()).isNotEmpty();
            }
        }
        assertThat(sizes).containsExactly(1, 40);
    }

    @Test
    void refusalHitsOnlyTheCallerItIsMeantFor() throws Exception {
        CountDownLatch together = new CountDownLatch(1);
        Intake intake = new Intake(reaches -> {
            await(together);
            if (reaches.stream().anyMatch(reach -> reach.body().equals("bad"))) {
                throw new DatabaseException("refused", null);
            }
            return receipts(reaches);
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Receipt>>> good = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                good.add(threads.submit(() -> intake.enqueue(List.of(reach("good")))));
            }
            Future<List<Receipt>> bad = threads.submit(() -> intake.enqueue(List.of(reach("bad"))));
            together.countDown();
            for (Future<List<Receipt>> call : good) {
                assertThat(call.get()).hasSize(1);
            }
            assertThatThrownBy(bad::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("refused");
        }
    }

    @Test
    void outageIsTold() {
        Intake intake = new Intake(reaches -> {
            sizes.add(reaches.size());
            throw new DatabaseUnavailableException("away", null);
        });
        assertThatThrownBy(() -> intake.enqueue(List.of(reach("x")))).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(sizes).hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
